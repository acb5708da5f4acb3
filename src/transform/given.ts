import { refuseMore, requireFunction } from '../tensor/arguments.ts'
import type { Rules } from '../tensor/options.ts'
import { requireOptions } from '../tensor/options.ts'

/**
 * Returns the options that a transformation of `f` was given, before anything is traced.
 *
 * @throws InvalidArgument where f is no function, an option is misspelt or against its rule, or an argument is left over
 */
export const requireGiven = <G extends object>(
  op: string,
  f: unknown,
  more: readonly unknown[] = [],
  options?: G,
  rules: Rules = {}
): G => {
  requireFunction(op, f)
  const read = requireOptions(op, options, rules)
  refuseMore(op, more)
  return read
}
