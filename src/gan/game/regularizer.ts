/** The regularizers, as `Reg`: objectives that are added to a player's loss. Each random one exports its pure core, too. */
export * from './criticPenalty.ts'
export * from './generatorPenalty.ts'
export * from './conditionPenalty.ts'
export * from './modeSeeking.ts'
