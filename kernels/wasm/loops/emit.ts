/**
 * Emits the functions of a plan for operands and outputs at given addresses.
 *
 * @category wasm
 */
import { sizeOf } from '../../../src/tensor/shape.ts'
import { defineFunction, i32 } from '../encoder/index.ts'
import type { Body, FunctionRef, Local, Module } from '../encoder/index.ts'
import { angleFunction, vectorMath } from '../math/index.ts'
import { blockAxis, createFrame } from './frame.ts'
import type { Emitter } from './frame.ts'
import { reachable } from './graph.ts'
import { mapUnit } from './map.ts'
import type { OperandType } from './operandType.ts'
import type { Walk } from './plan.ts'
import { reduceUnit } from './reduce.ts'
import { inFrame } from './rounds.ts'
import type { LoopPlan } from './stages.ts'
import { unitLoop } from './units.ts'
import { elementBytes } from '../../../src/tensor/dtype.ts'

/** Byte addresses of what a plan reads and writes; `readable` is the first byte that is not certain to exist. */
export interface LoopAddresses {
  readonly operands: readonly number[]
  readonly outputs: readonly number[]
  readonly scratch?: number
  readonly readable?: number
}

export interface UnitFunction {
  /** Computes the units from number `begin` to before `end`. */
  readonly run: FunctionRef<Readonly<Record<'begin' | 'end', 'i32'>>, 'none'>
  readonly units: number
  /** Estimated nanoseconds of a unit. */
  readonly cost: number
}

/**
 * Returns the level of the loop that sets each axis, by the axis's bit: 0 is the function, 1 the loop over units; the loops
 * over reduced axes and the lanes follow in the order in which they stand in each other.
 */
const levelsOf = ({ outer, lane, reduction }: Walk): ReadonlyMap<number, number> => {
  const loops = reduction?.loops ?? []
  const nested = reduction?.across === true ? [...loops, lane] : [lane, ...loops]
  return new Map([
    [blockAxis.bit, 1],
    ...outer.map(({ bit }): [number, number] => [bit, 1]),
    ...nested.map(({ bit }, n): [number, number] => [bit, n + 2])
  ])
}

const emitWalk = (
  module: Module,
  walk: Walk,
  operands: readonly number[],
  outputs: readonly number[],
  readable: number
): UnitFunction => {
  const math = vectorMath(module)
  // sin and cos call a function of the module, which has to be defined before code is encoded.
  const names = reachable(walk)
    .map((id) => walk.nodes[id]!)
    .flatMap((node) => (node.kind === 'unary' ? [node.name] : []))
  if (names.includes('sin') || names.includes('cos')) angleFunction(module)
  const run = defineFunction(module, { params: { begin: 'i32', end: 'i32' } }, (scope, { begin, end }) => {
    const digit = (): Local<'i32'> => scope.local('i32')
    const { tile } = walk
    const first = tile && digit()
    const outer = walk.outer.map((axis) => ({
      axis,
      extent: axis === tile?.axis ? Math.ceil(axis.extent / tile.rows) : axis.extent,
      value: digit()
    }))
    const piece = { extent: walk.pieces.count, value: digit() }
    const staged = walk.reduction?.staged === true
    const block = { extent: staged ? walk.reduction.blocks.count : 1, value: digit() }
    const e: Emitter = { walk, scope, math, addresses: operands, readable, frames: [], levels: levelsOf(walk) }
    const whole = createFrame([])
    const unit = createFrame([
      ...outer.map(({ axis, value }) => [axis.id, axis === tile?.axis ? first! : value] as const),
      ...(staged ? [[blockAxis.id, block.value] as const] : [])
    ])
    for (const { axis, value } of outer)
      if (axis === tile?.axis) unit.statements.push(first!.set(i32.mul(value, tile.rows)))
    let body: Body = []
    inFrame(e, whole, () =>
      inFrame(e, unit, () => {
        body =
          walk.reduction === undefined
            ? mapUnit(e, piece.value, first, outputs)
            : reduceUnit(e, walk.reduction, { piece: piece.value, block: block.value }, outputs)
      })
    )
    return unitLoop(scope, begin, end, [...outer, piece, block], whole.statements, [unit.statements, body])
  })
  return { run, units: walk.units, cost: walk.cost }
}

const endOf = (addresses: readonly number[], types: readonly OperandType[]): number =>
  types.reduce((end, { shape, dtype }, n) => Math.max(end, addresses[n]! + sizeOf(shape) * elementBytes[dtype]), 0)

/** Adds the functions of a plan to the module. Each is run when all units of the one before are done. */
export const emitLoops = (
  module: Module,
  { walks, partials }: LoopPlan,
  { operands, outputs, scratch = 0, readable }: LoopAddresses
): readonly UnitFunction[] => {
  const between = partials.map((start) => scratch + start)
  return walks.map((walk, n) => {
    const combines = partials.length > 0
    const from = n > 0 && combines ? between : operands
    const to = n < walks.length - 1 && combines ? between : outputs
    const starts = to.map((address, output) => address + walk.start * elementBytes[walk.dtypes[output]!])
    return emitWalk(module, walk, from, starts, readable ?? endOf(from, walk.operands))
  })
}
