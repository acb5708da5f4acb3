import * as E from '#fp-ts/Either'
import type { Rule } from '../../tensor/options.ts'
import { count, flag, optional, readOptions } from '../../tensor/options.ts'
import type { Engine, EngineName } from '../../transform/compileStep.ts'
import { compileStep, engineRule } from '../../transform/compileStep.ts'
import { isSaddlepointError } from '../../tensor/error.ts'
import type { Issue } from '../check/issue.ts'
import { faultIssue, issueOfProblem } from '../check/issue.ts'
import type { Sampler } from './sampler.ts'

/** Lists the options of `Gan.compile`. */
export interface CompileOptions {
  /** Samples in a minibatch, a whole number >= 1. */
  readonly batchSize: number
  /** By name, or one of one's own; 'auto' by default. */
  readonly engine?: EngineName | Engine
  /** Draws data inside the compiled step; then no batches are given to it. */
  readonly sampler?: Sampler
  /** All random values of the terms and the latents are given at each step instead of drawn: for tests and replay. */
  readonly givenDraws?: boolean
}

const aFunction: Rule = { expected: 'a function', accepts: (x) => typeof x === 'function' }

const rules: Readonly<Record<string, Rule>> = {
  batchSize: count,
  engine: engineRule,
  sampler: optional(aFunction),
  givenDraws: optional(flag)
}

/** Finds what is wrong with the options of `Gan.compile`, the engine's name aside. */
export const compileOptionIssues = (options: CompileOptions): readonly Issue[] =>
  readOptions({}, options, rules).problems.map((problem) => issueOfProblem('InvalidValue', ['compile'], problem))

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
