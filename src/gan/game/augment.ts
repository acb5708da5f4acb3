/** Augmentations of what a player's network sees, as `Augment`: functions of images, and how often they act. */
export type { Augmentation, AugmentationOptions, Chance, GivenChance } from './augmentations/augmentation.ts'
export { serial } from './augmentations/augmentation.ts'
export { ownAugmentation as of } from './augmentations/ownAugmentation.ts'
export type { PerImage } from './augmentations/perImage.ts'
export type { TranslateOptions } from './augmentations/blit.ts'
export { flip, rotate90, translate } from './augmentations/blit.ts'
export type { AffineOptions, Movement } from './augmentations/affine.ts'
export { affine, affineMatrices } from './augmentations/affine.ts'
export type { Tint } from './augmentations/colour.ts'
export { colour, colourMatrices } from './augmentations/colour.ts'
export { filter } from './augmentations/filter.ts'
export { cutout, noise } from './augmentations/corruption.ts'
export type { AdaParameters } from './augmentations/adaPipeline.ts'
export { adaPipeline } from './augmentations/adaPipeline.ts'
export type { AdaGroup, AdaOptions, AdaTransformation } from './augmentations/ada.ts'
export { ada } from './augmentations/ada.ts'
export { adapted, signs, validationGap } from './augmentations/adaptation.ts'
export type { Adaptive, AdaptiveOptions } from './augmentations/adaptive.ts'
export { adaptive } from './augmentations/adaptive.ts'
export type { InstanceNoiseOptions } from './augmentations/instanceNoise.ts'
export { instanceNoise } from './augmentations/instanceNoise.ts'
export type { DiffAugmentOptions } from './augmentations/diff.ts'
export {
  diffAugment,
  diffBrightness,
  diffContrast,
  diffCutout,
  diffSaturation,
  diffTranslation
} from './augmentations/diff.ts'
