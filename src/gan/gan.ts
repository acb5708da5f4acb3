/** The GAN layer, as `Gan`. */
export type { Issues, IssueTag } from './issue.ts'
export * as Issue from './issue.ts'
export type { Endomorphism } from '#fp-ts/Endomorphism'
export type { Average, AverageOptions, Labels, Players, Spec } from './spec.ts'
export {
  between,
  objectiveOf,
  withAverage,
  withLabels,
  withLoss,
  withOptimizer,
  withProjection,
  withRegularizer,
  withUpdate
} from './spec.ts'
export type { Entry, EntryOptions, Objective, Term, Weight } from './objective.ts'
export type { Input, Network, Play, PlaySource } from './play.ts'
export { createPlay } from './play.ts'
export type { PlayerState, State } from './state.ts'
export type { Batch, Draws } from './batch.ts'
export type { Metrics, PlayerMetrics } from './cycle.ts'
export { validate } from './validate.ts'
export type { CompileOptions } from './variants.ts'
export type { Sampler } from './sampler.ts'
export type { Replayed, TrainingStep } from './trainingStep.ts'
export { compile } from './trainingStep.ts'
export type { AdvanceOptions, Trainer } from './trainer.ts'
export type { Figures, PlayerFigures } from './hostMetrics.ts'
export type { Signal, Source } from './source.ts'
export type { TrainOptions } from './trainOptions.ts'
export type { Trained } from './train.ts'
export { train } from './train.ts'
export type { Generate, GenerateOptions } from './generate.ts'
export { generate } from './generate.ts'
export { draw } from './draw.ts'
