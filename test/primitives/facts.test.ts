/** What records say of themselves, held against what their rules do: for every primitive, over many cases. */
import { describe, expect, it } from 'vitest'
import { expressionsIn } from '../../src/nest/substitute.ts'
import { registry } from '../../src/primitives/registry.ts'
import type { PrimitiveName } from '../../src/primitives/registry.ts'
import type { AnyPrimitive, Params } from '../../src/program/primitive.ts'
import { allocate } from '../../src/tensor/dtype.ts'
import { equalShapes, sizeOf, stridesOf } from '../../src/tensor/shape.ts'
import { rowMajor } from '../../src/tensor/strided.ts'
import type { Aval, Tensor } from '../../src/tensor/tensor.ts'
import { caseFrom, caseSources } from '../support/arbitraries.ts'
import { drawsFrom } from '../support/draws.ts'

interface Case {
  readonly params: Params
  readonly operands: readonly Tensor[]
  readonly result: Tensor
}

const casesOf = (name: PrimitiveName): readonly Case[] =>
  Array.from({ length: 60 }, (_, seed) => {
    const { params, operands: draw } = caseFrom(caseSources[name], seed)
    const operands = draw(drawsFrom(seed + 1))
    const primitive: AnyPrimitive = registry[name]
    const { shape, dtype } = primitive.shape(operands, params)
    const data = allocate(dtype, sizeOf(shape), 'float64')
    const inputs = operands.map((x) => x.data)
    primitive.evaluate(operands, { shape, dtype }, params)(inputs, data)
    return { params, operands, result: { shape, dtype, data } }
  })

/** Whether every operand is read at the point itself, and nothing else decides the element there. */
const isPointwise = (primitive: AnyPrimitive, { params, operands, result }: Case): boolean => {
  const lowering = primitive.lower(operands, result, params)
  if (lowering.kind !== 'nest' || lowering.reduction !== undefined || operands.length === 0) return false
  const indices = new Set(expressionsIn([lowering.body]).flatMap((e) => (e.kind === 'load' ? e.index : [])))
  return (
    operands.every(({ shape }) => equalShapes(shape, result.shape)) &&
    expressionsIn([lowering.body]).every((e) => {
      if (e.kind === 'axis') return indices.has(e)
      return e.kind !== 'load' || e.index.every((at, i) => at.kind === 'axis' && at.axis === i)
    })
  )
}

/** Whether each element of the result is one element of the only operand, wherever that lies. */
const isMovement = (primitive: AnyPrimitive, { params, operands, result }: Case): boolean => {
  const lowering = primitive.lower(operands, result, params)
  return lowering.kind === 'nest' && lowering.reduction === undefined && lowering.body.kind === 'load'
}

const read = (operand: Tensor, place: { start: number; strides: readonly number[] }, result: Aval): number[] => {
  const strides = stridesOf(result.shape)
  return Array.from({ length: sizeOf(result.shape) }, (_, i) => {
    const index = result.shape.map((n, axis) => Math.floor(i / strides[axis]!) % n)
    return operand.data[index.reduce((sum, at, axis) => sum + at * place.strides[axis]!, place.start)]!
  })
}

describe.each(Object.keys(registry) as PrimitiveName[])('%s', (name) => {
  const primitive: AnyPrimitive = registry[name]
  const cases = casesOf(name)

  it('is elementwise exactly where its lowering reads every operand at the point itself', () => {
    expect(primitive.elementwise === true).toBe(cases.every((own) => isPointwise(primitive, own)))
  })

  it('is a view exactly where its lowering is one load, of the place that the view names', () => {
    expect(primitive.view !== undefined).toBe(cases.every((own) => isMovement(primitive, own)))
    if (primitive.view === undefined) return
    for (const { params, operands, result } of cases)
      expect(read(operands[0]!, primitive.view(operands[0]!, rowMajor(operands[0]!.shape), result, params), result)) //
        .toEqual([...result.data])
  })

  it('is an identity only where it gives its operand', () => {
    if (primitive.identity === undefined) return
    for (const { operands, result } of cases) expect(result).toEqual(operands[0])
  })

  it('has a rule for every tangent that flows: a jvp, or linearity in some operand', () => {
    for (const { params, operands } of cases) {
      const flows = primitive.tangentsThrough?.(operands.length, params) ?? operands.map((_, i) => i)
      const ruled = primitive.jvp !== undefined || primitive.linearity !== 'none'
      expect(ruled || flows.length === 0).toBe(true)
      if (primitive.linearity !== 'none') expect(primitive.transpose).toBeDefined()
    }
  })
})
