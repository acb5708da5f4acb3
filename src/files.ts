/** What is made of files, and files of: pictures of samples, and data in published formats. */
export { readDigits } from './data/digits.ts'
export { readIdx } from './data/idx.ts'
export type { NpyOptions } from './data/npy.ts'
export { readNpy } from './data/npy.ts'
export { readNpz } from './data/npz.ts'
export * as Checkpoint from './io/checkpoint.ts'
export { imageGrid } from './io/imageGrid.ts'
export { scatter } from './io/scatter.ts'
