/**
 * The loop over units. The number of a unit has a digit for each axis that units go along: its position there.
 *
 * @category wasm
 */
import { branchIf, forRange, i32, ifThen, loop } from '../encoder/index.ts'
import type { Body, Code, Local, Operand, Scope } from '../encoder/index.ts'

/** A digit of a unit's number, and the local that holds it. */
export interface Digit {
  readonly extent: number
  readonly value: Local<'i32'>
}

/** Makes the loop over the units from number `begin` to before `end`, of which the last digit changes fastest. `before`: code ahead of it. */
export const unitLoop = (
  scope: Scope,
  begin: Local<'i32'>,
  end: Local<'i32'>,
  digits: readonly Digit[],
  before: Body,
  body: Body
): Body => {
  const unit = scope.local('i32')
  const some = digits.filter(({ extent }) => extent > 1)
  const none = digits.filter(({ extent }) => extent <= 1).map(({ value }) => value.set(0))
  // A single digit is the number itself.
  if (some.length === 1) return [none, before, forRange(some[0]!.value, begin, end, 1, body)]
  const rest = scope.local('i32')
  const start = [...some]
    .reverse()
    .flatMap(({ value, extent }) => [value.set(i32.remU(rest, extent)), rest.set(i32.divU(rest, extent))])
  const step = some.reduce<Body>(
    (carry, { value, extent }) => [value.set(i32.add(value, 1)), ifThen(i32.eq(value, extent), [value.set(0), carry])],
    []
  )
  return [none, rest.set(begin), start, before, forRange(unit, begin, end, 1, [body, step])]
}

/** Makes a loop from `start` to before `end` that has no round where start >= end. `before`: code for where it has one. */
export const countedLoop = (
  index: Local<'i32'>,
  start: Operand<'i32'>,
  end: Operand<'i32'>,
  step: number,
  before: readonly Code[],
  body: Body
): Body => {
  const [from, to] = [constantOf(start), constantOf(end)]
  const round = loop((again) => [body, index.set(i32.add(index, step)), branchIf(again, i32.ltS(index, end))])
  const once = [index.set(start), before, round]
  if (from !== undefined && to !== undefined) return from < to ? once : []
  return ifThen(i32.ltS(start, end), once)
}

const constantOf = (x: Operand<'i32'>): number | undefined => (typeof x === 'number' ? x : x.constant)
