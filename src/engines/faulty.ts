import * as TE from '#fp-ts/TaskEither'
import type { Problem } from '../tensor/problem.ts'
import { showPath } from '../tensor/tree.ts'
import type { Engine, EngineFault } from './engine.ts'

/** What is wrong with the options of an engine. */
export interface Checked {
  readonly problems: readonly Problem[]
}

/** The engine with what is wrong with its options; where something is, it compiles nothing and says so. */
export const checked = <E extends Engine>(engine: E, problems: readonly Problem[]): E & Checked => {
  const [first] = problems
  if (first === undefined) return { ...engine, problems }
  const { path, expected, actual, hint } = first
  const place = showPath(path)
  const fault: EngineFault = {
    _tag: 'NotSupported',
    engine: engine.name,
    expected: place === '' || place === actual ? expected : `${expected} as ${place}`,
    actual,
    hint
  }
  return { ...engine, compile: () => TE.left(fault), problems }
}
