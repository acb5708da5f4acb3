import * as TE from '#fp-ts/TaskEither'
import type { Precision } from '../tensor/dtype.ts'
import { prepare } from '../program/evaluate.ts'
import { show } from '../program/show.ts'
import { nodesOf } from '../program/program.ts'
import type { None } from '../tensor/arguments.ts'
import type { Data } from '../tensor/dtype.ts'
import type { Rules } from '../tensor/options.ts'
import { oneOf, readOptions } from '../tensor/options.ts'
import type { Engine, Executable } from './engine.ts'
import type { Checked } from './faulty.ts'
import { checked } from './faulty.ts'
import { iterateFrom } from './iterate.ts'

const rules: Rules = { precision: oneOf('float32', 'float64') }

const nameOf = (precision: Precision): string => (precision === 'float64' ? 'reference:float64' : 'reference')

/** Makes the engine of plain loops on the calling thread: the meaning of every program, and what every other engine is tested against. */
export function reference(precision?: Precision): Engine & Checked
export function reference(precision: Precision = 'float32', ...more: None): Engine & Checked {
  const { problems } = readOptions({}, {}, rules, { precision }, more)
  const engine: Engine = {
    name: nameOf(precision),
    compile: (program, { carry: carried = 0 } = {}) =>
      TE.fromIO(() => {
        const evaluator = prepare(program, precision)
        const resident: Executable['resident'] = (initial) =>
          TE.fromIO(() => {
            let carry: readonly Data[] = initial.map((data) => data.slice())
            return {
              advance: ({ steps, feed, onStep }) =>
                TE.fromIO(() => {
                  for (let step = 0; step < steps; step++) {
                    const results = evaluator([...carry, ...feed(step)])
                    carry = results.slice(0, carried)
                    onStep?.(step, results.slice(carried))
                  }
                }),
              snapshot: () => TE.fromIO(() => carry.map((data) => data.slice())),
              dispose: () => {
                carry = []
              }
            }
          })
        return {
          engine: nameOf(precision),
          where: Object.fromEntries(
            nodesOf(program.outputs).map(({ primitive }) => [primitive.name, 'engine' as const])
          ),
          run: (inputs) => TE.fromIO(() => evaluator(inputs)),
          resident,
          iterate: iterateFrom(resident),
          explain: () => show(program),
          dispose: () => undefined
        }
      })
  }
  return checked(engine, problems)
}
