import * as E from '#fp-ts/Either'
import type { Rule } from '../../tensor/options.ts'
import { count, flag, optional } from '../../tensor/options.ts'
import { compileStep, engineRule } from '../../transform/compileStep.ts'
import { isSaddlepointError } from '../../tensor/error.ts'
import type { Issue } from '../check/issue.ts'
import { faultIssue, issueOfProblem } from '../check/issue.ts'
import { readOptions } from '../../tensor/options.ts'
import type { CompileOptions } from './variants.ts'

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

/** Finds what keeps an engine from running anything at all: its name, its absence. */
export const engineIssues = async ({ engine }: CompileOptions): Promise<readonly Issue[]> => {
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
