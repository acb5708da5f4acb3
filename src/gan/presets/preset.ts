/** Presets, as `Preset`: published GANs as specs, for points and for images. */
import type { None } from '../../tensor/arguments.ts'
import { nearestWord } from '../../tensor/nearestWord.ts'
import { emptySpec, flawed } from '../game/edit.ts'
import type { Spec } from '../game/spec.ts'
import { acgan, projection } from './conditional.ts'
import { jacobianClamp, logCondition } from './conditioning.ts'
import { dcgan, gan, lsgan, pacgan, unrolled } from './games.ts'
import { bigan, infogan } from './inference.ts'
import type { ConditionalPresetOptions } from './options.ts'
import { dragan, r1, r3gan, styleganLosses } from './penalized.ts'
import { hingeSn, sagan, sngan } from './spectral.ts'
import { wgan, wganGp } from './wasserstein.ts'

export type { ConditionalPresetOptions, PresetOptions } from './options.ts'
export { acgan, projection } from './conditional.ts'
export { jacobianClamp, logCondition } from './conditioning.ts'
export { dcgan, gan, lsgan, pacgan, unrolled } from './games.ts'
export { bigan, infogan } from './inference.ts'
export { dragan, r1, r3gan, styleganLosses } from './penalized.ts'
export { hingeSn, sagan, sngan } from './spectral.ts'
export { wgan, wganGp } from './wasserstein.ts'

const presets = {
  gan,
  dcgan,
  lsgan,
  wgan,
  'wgan-gp': wganGp,
  sngan,
  'hinge-sn': hingeSn,
  sagan,
  dragan,
  r1,
  r3gan,
  acgan,
  projection,
  bigan,
  infogan,
  unrolled,
  pacgan,
  'jacobian-clamp': jacobianClamp,
  'log-condition': logCondition,
  'stylegan-losses': styleganLosses
}

export type PresetName = keyof typeof presets

/** Lists the names of all presets. */
export const names: readonly PresetName[] = /* @__PURE__ */ Object.keys(presets) as readonly PresetName[]

/**
 * Makes the preset of a name: the published game, and networks for points of the plane or for images. What comes is a
 * spec like any other, to be edited, shown, written and trained.
 *
 * @example
 * import { Gan, Preset, Reg, pipe } from 'saddlepoint'
 * Preset.names.length // => 20
 * const spec = pipe(Preset.of('wgan-gp', { shape: [1, 28, 28], width: 16 }), Gan.withAverage({ decay: 0.99 }))
 * spec.networks.generator?.output // => [1, 28, 28]
 */
export const of = (name: PresetName, options: ConditionalPresetOptions = {}, ...more: None): Spec => {
  if (Object.hasOwn(presets, name)) return presets[name](options, ...more)
  const meant = typeof name === 'string' ? nearestWord(name, names) : undefined
  const hint = meant === undefined ? 'Preset.names lists them' : `Did you mean ${meant}?`
  return flawed(emptySpec, [], 'the name of a preset', name, hint)
}
