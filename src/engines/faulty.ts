import * as TE from '#fp-ts/TaskEither'
import { isProgram } from '../program/requireProgram.ts'
import type { Problem } from '../tensor/problem.ts'
import { showValue } from '../tensor/problem.ts'
import { showPath } from '../tensor/tree.ts'
import type { Engine, EngineFault } from './engine.ts'

/** Tells what is wrong with the options of an engine. */
export interface Checked {
  readonly problems: readonly Problem[]
}

const refused = (engine: string, expected: string, actual: string, hint: string): EngineFault => ({
  _tag: 'NotSupported',
  engine,
  expected,
  actual,
  hint
})

/**
 * Returns the engine with what is wrong with its options; where something is, it compiles nothing and says so, and so it does of
 * what is no program.
 */
export const checked = <E extends Engine>(engine: E, problems: readonly Problem[]): E & Checked => {
  const { name } = engine
  const compile: Engine['compile'] = (program, options) => {
    const [first] = problems
    if (first !== undefined) {
      const { path, expected, actual, hint } = first
      const place = showPath(path)
      return TE.left(
        refused(name, place === '' || place === actual ? expected : `${expected} as ${place}`, actual, hint)
      )
    }
    return isProgram(program)
      ? engine.compile(program, options)
      : TE.left(refused(name, 'a program', showValue(program), 'Trace a function to one: Program.of(f, x)'))
  }
  return { ...engine, compile, problems }
}
