import { fail } from '../tensor/error.ts'
import type { Rules } from '../tensor/options.ts'
import type { Structure } from '../tensor/tree.ts'
import { countLeaves, unflatten } from '../tensor/tree.ts'
import type { Argnums } from './argnums.ts'
import { argnumsRule } from './argnums.ts'
import type { Leaves } from './staged.ts'
import { tensorsOf } from './staged.ts'

/** Says which arguments reach a function as they are, numbers in them too. */
export interface StaticOptions {
  /**
   * Numbers of arguments, counted from 0, that reach f as they are: numbers that are an axis or a count rather than a value
   * to compute with, instances of classes. Strings, truth values and functions do anyway.
   */
  readonly staticArgnums?: Argnums
}

export const staticRules: Rules = { staticArgnums: argnumsRule }

/** Tells whether a value is static by its nature: no number of it could go into a tensor. */
export const isStatic = (x: unknown): boolean =>
  x === null || x === undefined || ['string', 'boolean', 'function', 'bigint', 'symbol'].includes(typeof x)

/**
 * Takes arguments apart: tensors and numbers are leaves, all else that may stand beside them is static.
 *
 * @throws InvalidArgument where `staticArgnums` names no argument; InvalidTree for instances of classes
 */
export const argumentsOf = (op: string, args: readonly unknown[], staticArgnums: Argnums = []): Leaves => {
  const numbers = typeof staticArgnums === 'number' ? [staticArgnums] : staticArgnums
  const misfit = numbers.find((n) => n >= args.length)
  if (misfit !== undefined)
    fail('InvalidArgument', {
      op,
      expected: `staticArgnums among the ${String(args.length)} arguments, counted from 0`,
      actual: String(misfit)
    })
  return tensorsOf(args, op, (x, path) => isStatic(x) || (path.length === 1 && numbers.includes(path[0] as number)))
}

/** Lists the static values of a structure, in walking order. */
const staticsOf = (structure: Structure): readonly unknown[] =>
  structure.kind === 'static' ? [structure.value] : structure.kind === 'leaf' ? [] : structure.items.flatMap(staticsOf)

const identities = new WeakMap<object, number>()
let identified = 0

const keyOf = (value: unknown): string => {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return `${typeof value} ${String(value)}`
  const id = identities.get(value) ?? ++identified
  identities.set(value, id)
  return `#${String(id)}`
}

/** Writes the static values of a structure as text that is the same for the same values: functions and objects by identity. */
export const staticsKey = (structure: Structure): string => JSON.stringify(staticsOf(structure).map(keyOf))

/** Puts the arguments that hold no tensor in their places in a list like the arguments, whatever stands there. */
export const withStatics = ({ structure }: Leaves, list: unknown): unknown => {
  const items = structure.kind === 'array' ? structure.items : []
  return Array.isArray(list) && list.length <= items.length
    ? items.map((item, i) => (countLeaves(item) === 0 ? unflatten(item, []) : (list[i] as unknown)))
    : list
}
