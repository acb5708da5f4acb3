/** The regularizers, as `Reg`, with what chooses their numbers by trainings. */
export * from './game/regularizer.ts'
export type { CalibrateOptions, Calibration, CalibrationRun } from './train/calibrateClamp.ts'
export { calibrateClamp } from './train/calibrateClamp.ts'
