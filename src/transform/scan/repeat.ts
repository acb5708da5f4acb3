import { registry } from '../../primitives/registry.ts'
import { o } from '../../primitives/vocabulary.ts'
import { call } from '../../program/call.ts'
import type { Node } from '../../program/node.ts'
import { traceInto } from '../../program/trace.ts'
import type { None } from '../../tensor/arguments.ts'
import { refuseMore, requireFunction } from '../../tensor/arguments.ts'
import { fail } from '../../tensor/error.ts'
import type { Rules } from '../../tensor/options.ts'
import { requireOptions } from '../../tensor/options.ts'
import { showValue } from '../../tensor/problem.ts'
import { showAval } from '../../tensor/tensor.ts'
import { staged, tensorsOf } from '../staged.ts'
import type { ScanOptions } from './scan.ts'
import { iterations, keepRule, requireNext, scanned, scanOf } from './scan.ts'

/**
 * Applies f to its own result n times, beginning at `init`, as one loop: see `scan`.
 *
 * @throws as `scan`
 *
 * @example
 * import { mul, repeat, tensor } from 'saddlepoint'
 * repeat(10, (x) => mul(x, 2), tensor([1, 3])).data // => [1024, 3072]
 */
export function repeat<C>(n: number, f: (carry: C) => C, init: C, options?: Pick<ScanOptions, 'keep'>): C
export function repeat<C>(n: number, f: (carry: C) => C, init: C, given?: Pick<ScanOptions, 'keep'>, ...more: None): C {
  if (!iterations.accepts(n))
    fail('InvalidArgument', {
      op: 'repeat',
      expected: `a count of iterations, ${iterations.expected}`,
      actual: showValue(n)
    })
  requireFunction('repeat', f)
  const options = requireOptions('repeat', given, { keep: keepRule })
  refuseMore('repeat', more)
  return scanned('repeat', (carry: C) => [f(carry), []], init, undefined, { ...options, length: n })[0]
}

export interface WhileOptions {
  /** The most iterations: the loop ends there, whatever the condition says. */
  readonly atMost: number
}

const rules: Rules = { atMost: iterations }

/**
 * Applies f to its own result while `condition` holds of it, beginning at `init`, at most `atMost` times. Forwards the loop ends
 * where the condition fails. It may be differentiated in both modes; in reverse mode it takes the time and memory of
 * `atMost` iterations. Under vmap every slice ends for itself, and the loop with the last of them, at the latest.
 *
 * @throws as `scan`; ShapeMisfit where the condition is no scalar of dtype bool
 *
 * @example
 * import { less, mul, tensor, whileLoop } from 'saddlepoint'
 * whileLoop((x) => less(x, 100), (x) => mul(x, 2), tensor(3), { atMost: 20 }).data // => [192]
 */
export function whileLoop<C>(condition: (carry: C) => unknown, f: (carry: C) => C, init: C, options: WhileOptions): C
export function whileLoop<C>(
  condition: (carry: C) => unknown,
  f: (carry: C) => C,
  init: C,
  given: WhileOptions,
  ...more: None
): C {
  requireFunction('whileLoop', condition)
  requireFunction('whileLoop', f)
  const { atMost } = requireOptions('whileLoop', given, rules)
  refuseMore('whileLoop', more)
  return staged('whileLoop', [init], (graph, [first]) => {
    const carry = tensorsOf(first, 'whileLoop')
    const test = (inputs: readonly unknown[]): Node => {
      const holds = tensorsOf(condition(carry.rebuild(inputs) as C), 'whileLoop').leaves
      const [one] = holds
      return holds.length === 1 && one!.dtype === 'bool' && one!.shape.length === 0
        ? (one as Node)
        : fail('ShapeMisfit', {
            op: 'whileLoop',
            expected: 'a condition that is one truth value, bool[]',
            actual: holds.map(showAval).join(', ') || 'nothing'
          })
    }
    const avals = [...carry.leaves, { shape: [], dtype: 'bool' as const }]
    const traced = traceInto(graph, avals, (inputs) => f(carry.rebuild(inputs.slice(0, -1)) as C), 'whileLoop')
    const { inputs, outputs } = traced.program
    requireNext('whileLoop', carry, outputs, traced.structure)
    const going = inputs.at(-1)!
    const next = outputs.map((after, i) => {
      const { shape } = after
      const taken = shape.length === 0 ? going : o.broadcastInDim(going, shape, [])
      return call(registry.select, {}, [taken, after, inputs[i]!]) as Node
    })
    const still = o.select(going, test(next), o.full([], 0, 'bool')) as Node
    const variables = [...carry.leaves, test(carry.leaves)].map((value, i) => ({
      input: inputs[i]!,
      value,
      linear: false
    }))
    const options = { length: atMost, reverse: false, keep: 'all', whileTrue: outputs.length } as const
    return carry.rebuild(scanOf(graph, variables, [], [...next, still], options).slice(0, -1)) as C
  })
}
