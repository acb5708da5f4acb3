/** What shape rules refuse, and that they say who refuses. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PrimitiveName } from '../../src/primitives/registry.ts'
import { registry } from '../../src/primitives/registry.ts'
import { literalValue } from '../../src/primitives/rules/literal.ts'
import { o } from '../../src/primitives/vocabulary.ts'
import { call } from '../../src/program/call.ts'
import { openGraph } from '../../src/program/graph.ts'
import type { AnyPrimitive } from '../../src/program/primitive.ts'
import { traceInto } from '../../src/program/trace.ts'
import { isSaddlepointError } from '../../src/tensor/error.ts'
import type { Aval, Tensor } from '../../src/tensor/tensor.ts'
import { caseFrom, caseSources, seeds } from '../support/arbitraries.ts'
import { drawsFrom } from '../support/draws.ts'

const names = Object.keys(registry) as readonly PrimitiveName[]
const elementwise = names.filter((name) => (registry[name] as AnyPrimitive).elementwise === true)

/** What the shape rule throws for these operands, if it does. */
const refusalOf = (name: PrimitiveName, operands: readonly Aval[], params: object): unknown => {
  try {
    ;(registry[name] as AnyPrimitive).shape(operands, params)
    return undefined
  } catch (cause) {
    return cause
  }
}

const avalsOf = (name: PrimitiveName, seed: number): { readonly avals: readonly Aval[]; readonly params: object } => {
  const of = caseFrom(caseSources[name], seed)
  return { avals: of.operands(drawsFrom(seed)).map(({ shape, dtype }) => ({ shape, dtype })), params: of.params }
}

/** The same operands, one of them changed: a longer shape, a longer last axis, another dtype. */
const changes: readonly ((x: Aval) => Aval)[] = [
  ({ shape, dtype }) => ({ shape: [...shape, 2], dtype }),
  ({ shape, dtype }) => ({ shape: shape.map((n, i) => (i === shape.length - 1 ? n + 1 : n)), dtype }),
  ...(['float32', 'int32', 'bool'] as const).map((dtype) => ({ shape }: Aval): Aval => ({ shape, dtype }))
]

describe.for(names)('%s', (name) => {
  it('refuses in its own name', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { avals, params } = avalsOf(name, seed)
        for (const change of changes)
          for (const [i, x] of avals.entries()) {
            const cause = refusalOf(name, avals.with(i, change(x)), params)
            if (cause === undefined) continue
            expect(isSaddlepointError(cause) && cause.op.split(' ')[0]).toBe(name)
          }
      }),
      { numRuns: 20 }
    )
  })
})

describe.for(elementwise)('%s', (name) => {
  it('takes operands of one shape alone', () => {
    const { avals, params } = avalsOf(name, 1)
    expect(refusalOf(name, avals, params)).toBeUndefined()
    if (avals.length < 2) return
    for (const i of avals.keys())
      expect(refusalOf(name, avals.with(i, { ...avals[i]!, shape: [...avals[i]!.shape, 2] }), params)).toMatchObject({
        _tag: 'ShapeMisfit'
      })
  })
})

describe.for(['add', 'sub', 'mul', 'div', 'pow', 'max', 'min', 'compare'] as const)('%s', (name) => {
  it('takes operands of one dtype alone', () => {
    const { params } = avalsOf(name, 1)
    const x = { shape: [2], dtype: 'float32' } as const
    const i = { shape: [2], dtype: 'int32' } as const
    for (const mixed of [[x, i], [i, x]]) expect(refusalOf(name, mixed, params)).toMatchObject({ _tag: 'DTypeMisfit' }) // prettier-ignore
  })
})

describe.for(['reduceSum', 'reduceMax', 'reverse'] as const)('%s', (name) => {
  it.for([[[-1]], [[0.5]], [[2]], [[1, 0]], [[0, 0]], [[0, -1]]])('refuses axes %j of a matrix', ([axes]) => {
    expect(refusalOf(name, [{ shape: [2, 3], dtype: 'float32' }], { axes })).toMatchObject({ _tag: 'ShapeMisfit', op: name }) // prettier-ignore
  })
})

/** The result of a function of one input of shape [2, 3] in a trace, and the input. */
const tracedResult = (f: (x: Tensor) => Tensor): readonly [Tensor, Tensor] => {
  const { program } = traceInto(openGraph(o), [{ shape: [2, 3], dtype: 'float32' }], ([x]) => f(x!), 'traced')
  return [program.outputs[0]!, program.inputs[0]!]
}

describe('simplification', () => {
  it.for(
    elementwise.filter((name) => (registry[name] as AnyPrimitive).simplify !== undefined && name !== 'stopGradient')
  )('%s of numbers is a number', (name) => {
    const of = caseFrom(caseSources[name], 3)
    const operands = of.operands(drawsFrom(3))
    const [result] = tracedResult(() =>
      call(
        registry[name],
        of.params,
        operands.map(({ dtype }) => o.full([2], 1, dtype))
      )
    )
    const expected = registry[name] as AnyPrimitive
    const y = new Float64Array(1)
    const avals = operands.map(({ dtype }) => ({ shape: [1], dtype }))
    expected.evaluate(
      avals,
      { shape: [1], dtype: result.dtype },
      of.params
    )(
      avals.map(() => Float64Array.of(1)),
      y
    )
    expect(literalValue(result)).toBe(y[0])
  })

  it('of powers: 1, the base, its square', () => {
    const power = (n: number) => tracedResult((x) => o.pow(x, o.full([2, 3], n)))
    expect(literalValue(power(0)[0])).toBe(1)
    const [same, x] = power(1)
    expect(same).toBe(x)
    expect(power(2)[0]).toMatchObject({ primitive: { name: 'mul' } })
    expect(power(3)[0]).toMatchObject({ primitive: { name: 'pow' } })
  })

  it('of reversals leaves out axes of one element', () => {
    const [result] = tracedResult((x) => o.reverse(o.reshape(x, [2, 1, 3]), [0, 1]))
    expect(result).toMatchObject({ primitive: { name: 'reverse' }, params: { axes: [0] } })
  })
})

describe('the nest of a contraction', () => {
  it.for(['dotGeneral', 'conv', 'convInputGradient', 'convFilterGradient'] as const)('is anchored: %s', (name) => {
    const anchors = fc.sample(seeds, 50).map((seed) => {
      const { avals, params } = avalsOf(name, seed)
      const primitive = registry[name] as AnyPrimitive
      const lowered = primitive.lower(avals, primitive.shape(avals, params), params)
      return lowered.kind === 'nest' ? lowered.anchor?.kind : lowered.kind
    })
    expect(new Set(anchors.filter((anchor) => anchor !== undefined))).toEqual(new Set([name]))
  })
})
