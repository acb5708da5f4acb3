/** The losses, as `Loss`: what each player minimizes. */
export type { Loss } from './losses/loss.ts'
export { custom, isLoss } from './losses/loss.ts'
export * from './losses/logistic.ts'
export * from './losses/leastSquares.ts'
export * from './losses/wasserstein.ts'
export * from './losses/hinge.ts'
export * from './losses/relativistic.ts'
export * from './losses/withCritics.ts'
