/**
 * The namespace `Opt`: gradient transformations, optimizers made of them, and schedules. What moves all players together is
 * an update rule: optimism, extra-Adam (`Update.extragradient()` with `Opt.adam`), lookahead, accumulated gradients.
 */
export type { Optimizer, Transformation } from './optimizer.ts'
export { MonoidOptimizer, applyUpdates, chain, show, identity } from './optimizer.ts'
export { ownTransformation as transformation } from './ownTransformation.ts'
export type { NamedSchedule, Pieces, Rate, Schedule } from './schedule.ts'
export { byUpdates, constant, cosine, exponential, linear, piecewise, product } from './schedule.ts'
export { addDecayedWeights, clipByNorm, clipByValue, scale, scaleBySchedule } from './scaling.ts'
export type { MomentumOptions, SgdOptions } from './momentum.ts'
export { momentum, nesterov, sgd } from './momentum.ts'
export type { AdamOptions, AdamWOptions } from './adam.ts'
export { adam, adamW } from './adam.ts'
export type { RmspropOptions } from './rmsprop.ts'
export { rmsprop } from './rmsprop.ts'
export type { AdaBeliefOptions } from './adaBelief.ts'
export { adaBelief } from './adaBelief.ts'
export type { LambOptions } from './lamb.ts'
export { lamb } from './lamb.ts'
export type { LionOptions } from './lion.ts'
export { lion } from './lion.ts'
export { optimisticAdam } from './optimisticAdam.ts'
export { warmUp } from './warmUp.ts'
