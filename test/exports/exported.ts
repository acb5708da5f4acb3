/** All functions that the root, the figures and the runs export, those in namespaces with the namespace in front: `Net.dense`. */
import * as figures from '../../src/figures.ts'
import * as root from '../../src/index.ts'
import * as runs from '../../src/run.ts'

export type AnyFunction = (...args: readonly unknown[]) => unknown

/** What others made: fp-ts. */
const foreign = ['E', 'TE', 'pipe', 'flow']

const functionsIn = (record: object): readonly (readonly [string, AnyFunction])[] =>
  Object.entries(record).filter((entry): entry is [string, AnyFunction] => typeof entry[1] === 'function')

const isNamespace = (x: unknown): x is object => typeof x === 'object' && x !== null

export const exported: ReadonlyMap<string, AnyFunction> = new Map(
  Object.entries({ ...root, ...figures, ...runs })
    .filter(([name]) => !foreign.includes(name))
    .flatMap(([name, value]): readonly (readonly [string, AnyFunction])[] =>
      isNamespace(value)
        ? functionsIn(value).map(([inner, f]) => [`${name}.${inner}`, f])
        : functionsIn({ [name]: value })
    )
)
