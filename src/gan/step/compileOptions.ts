import * as E from '#fp-ts/Either'
import type { Rule } from '../../tensor/options.ts'
import { count, flag, optional, readOptions } from '../../tensor/options.ts'
import type { Engine, EngineName } from '../../transform/compileStep.ts'
import { compileStep, engineRule } from '../../transform/compileStep.ts'
import { isSaddlepointError } from '../../tensor/error.ts'
import { showValue } from '../../tensor/problem.ts'
import { isRecord } from '../../tensor/tree.ts'
import type { Issue } from '../check/issue.ts'
import { faultIssue, issue, issueOfProblem } from '../check/issue.ts'
import type { BatchSize } from '../game/batchSize.ts'
import type { Sampler } from './sampler.ts'

/** Lists the options of `Gan.compile`. */
export interface CompileOptions {
  /**
   * Samples in a minibatch, a whole number >= 1; or by player, of the phases that move it:
   * `{ discriminator: 128, generator: 64 }`.
   */
  readonly batchSize: BatchSize
  /** By name, or one of one's own; 'auto' by default. */
  readonly engine?: EngineName | Engine
  /** Draws data inside the compiled step; then no batches are given to it. */
  readonly sampler?: Sampler
  /** All random values of the terms and the latents are given at each step instead of drawn: for tests and replay. */
  readonly givenDraws?: boolean
}

/** Accepts a number for all phases, or numbers by player, each of which is checked on its own. */
const aBatchSize: Rule = {
  expected: `${count.expected}, or such numbers by player`,
  accepts: (x) => count.accepts(x) || (isRecord(x) && Object.keys(x).length > 0)
}

const aFunction: Rule = { expected: 'a function', accepts: (x) => typeof x === 'function' }

const rules: Readonly<Record<string, Rule>> = {
  batchSize: aBatchSize,
  engine: engineRule,
  sampler: optional(aFunction),
  givenDraws: optional(flag)
}

/** Finds what is wrong with the options of `Gan.compile`, the engine's name aside. */
export const compileOptionIssues = (options: CompileOptions): readonly Issue[] => {
  const { problems } = readOptions({}, options, rules)
  const { batchSize } = { ...options }
  const wrong = isRecord(batchSize) ? Object.entries(batchSize).filter(([, size]) => !count.accepts(size)) : []
  return [
    ...problems.map((problem) => issueOfProblem('InvalidValue', ['compile'], problem)),
    ...wrong.map(([player, size]) =>
      issue(
        'InvalidValue',
        ['compile', 'batchSize', player],
        count.expected,
        showValue(size),
        'A batch size by player is that of the phases that move it'
      )
    )
  ]
}

/** Makes Issues of arguments too many. */
export const surplusIssues = (more: readonly unknown[]): readonly Issue[] =>
  readOptions({}, {}, {}, {}, more).problems.map((problem) => issueOfProblem('InvalidValue', ['compile'], problem))

/** Finds what keeps an engine from running anything at all: its name, its absence. */
export const engineIssues = async (options: CompileOptions): Promise<readonly Issue[]> => {
  const { engine } = { ...options }
  if (!engineRule.accepts(engine)) return []
  const nothing = await compileStep(
    (carry: readonly []) => [carry, []],
    [],
    [],
    engine === undefined ? {} : { engine }
  )()
  if (E.isLeft(nothing)) return isSaddlepointError(nothing.left) ? [] : [faultIssue(nothing.left)]
  nothing.right.dispose()
  return []
}
