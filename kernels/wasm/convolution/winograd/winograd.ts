/**
 * Convolutions whose filter has two or three taps a phase, with half of the multiplications or fewer: x, w and y are
 * transformed to points, where a convolution is a product of matrices for each pair of points, and back.
 *
 *   y = A' [(G w) (B' x)]     dw = G' [(A dy) (B' x)]     dx = B [(G w) (A dy)]
 *
 * where A, B and G act on tiles along both axes. A convolution with stride 2 is the sum of four with stride 1, of the
 * phases of x and w. An element that is not finite spoils its whole tile.
 *
 * @see axis.ts
 * @category wasm
 */
import { call, defineFunction, forRange, i32, select, sequence } from '../../encoder/index.ts'
import type { Code, Module, Operand } from '../../encoder/index.ts'
import { concatenate } from '../../contraction/concatenate.ts'
import { emitContraction } from '../../contraction/index.ts'
import type { ChunkFunction, ElementAccess, Epilogue } from '../../contraction/index.ts'
import { readLanes, writeLanes } from '../../contraction/lanes.ts'
import { outputSize } from '../shape.ts'
import type { Convolution } from '../shape.ts'
import { defineFilterFromPoints, defineFilterToPoints } from './filters.ts'
import type { FilterTransform } from './filters.ts'
import { filterPlanes, tilePlanes } from './layout.ts'
import type { Planes } from './layout.ts'
import type { WinogradPlan } from './plan.ts'
import { defineFromPoints, defineToPoints, unitBytes, unitsOf } from './tiles.ts'
import type { FinishElements, TileTransform, TransformFunction } from './tiles.ts'

/** Chunks that may run at the same time. All those of a step come after all those of the one before. */
export interface WinogradStep {
  readonly name: 'transform' | 'products'
  readonly chunks: number
  /** Nanoseconds a chunk, roughly. */
  readonly cost: number
  readonly run: (chunk: Operand<'i32'>, scratch: Operand<'i32'>) => Code
}

export interface Winograd {
  readonly steps: readonly WinogradStep[]
  readonly scratchBytes: number
}

/** Nanoseconds worth a chunk. */
const WORTHWHILE = 8000

/** Defines the step of a pass that goes over the units of a transform; a unit moves so many vectors. */
const transformSteps = (
  module: Module,
  unit: TransformFunction,
  array: Operand<'i32'>,
  units: number,
  vectors: number
) => {
  const perUnit = vectors * 1.5 + 20
  const perChunk = Math.max(1, Math.min(Math.ceil(units / 8), Math.round(WORTHWHILE / perUnit)))
  const run = defineFunction(
    module,
    { params: { chunk: 'i32', pass: 'i32', scratch: 'i32' } },
    (scope, { chunk, pass, scratch }) => {
      const [at, end] = scope.locals('i32', 2)
      return [
        at.set(i32.mul(chunk, perChunk)),
        end.set(i32.add(at, perChunk)),
        end.set(select('i32', i32.ltS(end, units), end, units)),
        forRange(at, at, end, 1, call(unit, { unit: at, pass, array, scratch }))
      ]
    }
  )
  return (pass: number): WinogradStep => ({
    name: 'transform',
    chunks: Math.ceil(units / perChunk),
    cost: perChunk * perUnit,
    run: (chunk, scratch) => call(run, { chunk, pass, scratch })
  })
}

type Arrays = Readonly<Record<'x' | 'w' | 'y', readonly Planes[]>>

/** Emits the products of all pairs of points, as one kernel. */
const emitProducts = (module: Module, { form }: WinogradPlan, { x, w, y }: Arrays): ChunkFunction =>
  concatenate(
    module,
    w.map((_, i) => {
      const [input, filter, output] = [x[i]!, w[i]!, y[i]!]
      const matrix = ({ address, planeBytes, rowBytes }: Planes) => ({
        address,
        strides: { batch: planeBytes / 4, row: rowBytes / 4, column: 1 }
      })
      const flipped = (planes: Planes) => {
        const { address, strides } = matrix(planes)
        return { address, strides: { ...strides, row: 1, column: strides.row } }
      }
      const batch = filter.points
      if (form === 'forward')
        return emitContraction(module, {
          ...{ batch, m: output.rows, n: output.columns, k: input.rows },
          ...{ a: matrix(filter), b: matrix(input), c: matrix(output) }
        })
      if (form === 'inputGradient')
        return emitContraction(module, {
          ...{ batch, m: input.rows, n: output.columns, k: output.rows },
          ...{ a: flipped(filter), b: matrix(output), c: matrix(input) }
        })
      return emitContraction(module, {
        ...{ batch, m: output.rows, n: input.rows, k: output.columns },
        ...{ a: matrix(output), b: flipped(input), c: matrix(filter) }
      })
    })
  )

/** Emits the storing of finished elements through the epilogue; `read` and `write` reach elements of other arrays, too. */
const finishing =
  (epilogue: Epilogue | undefined) =>
  (
    scope: Parameters<FinishElements>[0],
    { value, array, target, channel }: Pick<Parameters<FinishElements>[1], 'value' | 'array' | 'target' | 'channel'>,
    read: ElementAccess['like'],
    write: ElementAccess['writeLike']
  ): Code => {
    if (epilogue === undefined) return write(target, value)
    const elsewhere = (base: Operand<'i32'>): Code<'i32'> => i32.add(i32.sub(target, array), base)
    const statements: Code[] = []
    const result = epilogue(
      value,
      {
        like: (base) => read(elsewhere(base)),
        read: (base, { row }) => readLanes(i32.add(base, i32.mul(channel, row * 4)), 0, 0, 4),
        write: (base, _, what) => write(elsewhere(base), what),
        writeLike: (base, what) => write(elsewhere(base), what)
      },
      scope,
      (statement) => statements.push(statement)
    )
    const finished = scope.local('v128')
    return sequence(statements, finished.set(result), write(target, finished))
  }

/** Emits a convolution that `planWinograd` has planned; `reserve` gives memory that is its own while it runs. */
export const emitWinograd = (
  module: Module,
  plan: WinogradPlan,
  shape: Convolution,
  { x, w, y }: Readonly<Record<'x' | 'w' | 'y', Operand<'i32'>>>,
  epilogue: Epilogue | undefined,
  reserve: (bytes: number) => number
): Winograd => {
  const { form, axes, classes, phases, passes } = plan
  const { batch, inputs, outputs, size, padding } = shape
  const fours = form === 'filterGradient' ? batch / 4 : batch / 4 / passes
  const channels = form === 'filterGradient' ? inputs / passes : inputs
  const arrays: Arrays = {
    x: tilePlanes(classes, channels * phases, fours * 4, reserve),
    w: filterPlanes(classes, outputs, channels * phases, reserve),
    y: tilePlanes(classes, outputs, fours * 4, reserve)
  }
  const step = form === 'filterGradient' ? { channels, fours: 0 } : { channels: 0, fours }
  const common = { axes, step }
  const inputTransform: TileTransform = {
    ...common,
    ...{ role: 'x', channels: inputs, size, border: [padding[0][0], padding[1][0]] },
    ...{ planes: arrays.x, pass: { channels, fours } }
  }
  const outputTransform: TileTransform = {
    ...common,
    ...{ role: 'y', channels: outputs, size: outputSize(shape), border: [0, 0] },
    ...{ planes: arrays.y, pass: { channels: outputs, fours } },
    ...(form === 'filterGradient' && { step: { channels: 0, fours: 0 } })
  }
  const filterTransform: FilterTransform = { axes, inputs, planes: arrays.w, channels }
  const scratch = (transform: TileTransform): number => Math.ceil(unitBytes(transform) / 64) * 64
  const tiles = (transform: TileTransform, unit: TransformFunction) =>
    transformSteps(module, unit, transform.role === 'x' ? x : y, unitsOf(transform), unitBytes(transform) / 16)
  const filter = (unit: TransformFunction) => transformSteps(module, unit, w, outputs, (arrays.w[0]!.rowBytes / 16) * 8)
  const finish = finishing(epilogue)
  const finishTiles: FinishElements = (scope, { offset, count, ...at }) =>
    finish(
      scope,
      at,
      (base) => readLanes(base as Code<'i32'>, offset, 4, count),
      (base, value) => writeLanes(base as Code<'i32'>, offset, 4, count, value)
    )
  const products = emitProducts(module, plan, arrays)
  const multiplied: WinogradStep = {
    name: 'products',
    chunks: products.chunks,
    cost: plan.multiplyAdds / 22 / passes / products.chunks,
    run: (chunk, room) => call(products.run, { chunk, scratch: room })
  }
  const overPasses = (steps: (pass: number) => readonly WinogradStep[]): readonly WinogradStep[] =>
    Array.from({ length: passes }, (_, pass) => steps(pass)).flat()
  const stepsOf = (): readonly WinogradStep[] => {
    if (form === 'filterGradient') {
      const [fromX, fromY] = [defineToPoints(module, inputTransform), defineToPoints(module, outputTransform)]
      const back = defineFilterFromPoints(module, filterTransform, (scope, { elements, ...at }) =>
        finish(
          scope,
          at,
          (base) => elements.read(base as Code<'i32'>),
          (base, value) => elements.write(base as Code<'i32'>, value)
        )
      )
      const [input, output, result] = [tiles(inputTransform, fromX), tiles(outputTransform, fromY), filter(back)]
      return [output(0), ...overPasses((pass) => [input(pass), multiplied, result(pass)])]
    }
    const weights = filter(defineFilterToPoints(module, filterTransform))
    const [from, to] = form === 'forward' ? [inputTransform, outputTransform] : [outputTransform, inputTransform]
    const source = tiles(from, defineToPoints(module, from))
    const result = tiles(to, defineFromPoints(module, to, finishTiles))
    return [weights(0), ...overPasses((pass) => [source(pass), multiplied, result(pass)])]
  }
  return {
    steps: stepsOf(),
    scratchBytes: Math.max(products.scratchBytes, scratch(inputTransform), scratch(outputTransform))
  }
}
