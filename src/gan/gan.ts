/** The GAN layer, as `Gan`. */
export type { Issue, Issues, IssueTag } from './check/issue.ts'
export type { Endomorphism } from '#fp-ts/Endomorphism'
export type { BatchSize } from './game/batchSize.ts'
export type { Average, Spec } from './game/spec.ts'
export type { FakeLabels, Labels } from './game/labels.ts'
export { objectiveOf } from './game/spec.ts'
export type { AverageOptions, ConditionOptions, LabelOptions, Players } from './game/editSpec.ts'
export {
  between,
  withAverage,
  withConditions,
  withLabels,
  withLoss,
  withOptimizer,
  withProjection,
  withRegularizer,
  withUpdate
} from './game/editSpec.ts'
export type { AugmentOptions } from './game/withAugmentation.ts'
export { withAugmentation } from './game/withAugmentation.ts'
export { withPacking } from './game/withPacking.ts'
export { frozen } from './game/frozen.ts'
export type { WeightedTerm, TermOptions, Objective, Term, Weight } from './game/objective.ts'
export type { Play, PlaySource } from './game/play.ts'
export type { Discriminator, Input, Network } from './game/players.ts'
export { createPlay } from './game/play.ts'
export type { PlayerState } from './game/position.ts'
export type { State } from './step/state.ts'
export type { Batch, Draws } from './step/batch.ts'
export type { Metrics, PlayerMetrics } from './step/metrics.ts'
export type { Moment } from './step/field.ts'
export { field } from './step/field.ts'
export { validate } from './check/validate.ts'
export type { CompileOptions } from './step/compileOptions.ts'
export type { Sampler } from './step/sampler.ts'
export type { Replayed, TrainingStep } from './step/compile.ts'
export { compile } from './step/compile.ts'
export type { AdvanceOptions, Trainer } from './step/trainer.ts'
export type { Figures, PlayerFigures } from './train/figures.ts'
export type { Measured, Measurement, Probe, ScheduledProbe } from './train/probe.ts'
export { measurementsOf } from './train/probe.ts'
export type { Signal } from './train/signal.ts'
export type { Source } from './train/source.ts'
export type { TrainOptions } from './train/trainOptions.ts'
export type { Failed, Reached, Trained } from './train/trained.ts'
export { train } from './train/train.ts'
export type { Generate, GenerateOptions, GivenLatents } from './step/generate.ts'
export { generate } from './step/generate.ts'
export type { Adopted, AdoptOptions } from './step/adopt.ts'
export { adopt } from './step/adopt.ts'
export { stateFromJson, stateToJson } from './step/stateJson.ts'
export { fromSafetensors, toSafetensors } from '../io/stateSafetensors.ts'
export type { NetworkOptions } from '../io/networkSafetensors.ts'
export { networkFromSafetensors, networkToSafetensors } from '../io/networkSafetensors.ts'
export { specToCode } from './json/specCode.ts'
export { specFromJson, specToJson } from './json/specJson.ts'
export { show } from './game/show.ts'
