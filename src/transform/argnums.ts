import { fail } from '../tensor/error.ts'
import type { Rule } from '../tensor/options.ts'
import { countOrZero } from '../tensor/options.ts'

/** Names arguments by number, counted from 0: one of them, or a list. */
export type Argnums = number | readonly number[]

/** Accepts the number of an argument, or a list of such numbers. */
export const argnumsRule: Rule = {
  expected: 'the number of an argument, counted from 0, or a list of such numbers',
  accepts: (x) =>
    x === undefined || countOrZero.accepts(x) || (Array.isArray(x) && x.every((n) => countOrZero.accepts(n)))
}

/** Types what is chosen: the argument, or a list of arguments. */
export type ChosenBy<A extends readonly unknown[], N> = N extends number
  ? A[N]
  : N extends readonly number[]
    ? { readonly [K in keyof N]: N[K] extends number ? A[N[K]] : never }
    : never

/**
 * Chooses the arguments to differentiate: one tree, or a list of trees for a list of numbers. `within` applies f to the
 * arguments with others in their place.
 *
 * @throws InvalidArgument where a number is no argument's, or is there twice
 */
export const chosenArguments = (
  op: string,
  argnums: Argnums = 0,
  args: readonly unknown[]
): {
  readonly chosen: unknown
  readonly within: <R>(f: (...args: never[]) => R, replaced: unknown) => R
} => {
  const numbers = typeof argnums === 'number' ? [argnums] : argnums
  const misfit = numbers.find((n, i) => !Number.isInteger(n) || n < 0 || n >= args.length || numbers.indexOf(n) !== i)
  if (misfit !== undefined)
    fail('InvalidArgument', {
      op,
      expected: `argnums among the ${String(args.length)} arguments, counted from 0, each once`,
      actual: numbers.join(', ')
    })
  const chosen = numbers.map((n) => args[n])
  return {
    chosen: typeof argnums === 'number' ? chosen[0] : chosen,
    within: (f, replaced) => {
      const given = typeof argnums === 'number' ? [replaced] : (replaced as readonly unknown[])
      return f(...(args.map((x, n) => (numbers.includes(n) ? given[numbers.indexOf(n)] : x)) as never[]))
    }
  }
}
