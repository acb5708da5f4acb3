import { axis, binary, int, load, plus, times } from '../../../src/nest/expression.ts'
import type { Scalar } from '../../../src/nest/expression.ts'
import type { Epilogue as EpilogueCode } from '../contraction/index.ts'
import { emitContraction } from '../contraction/index.ts'
import type { Contraction, Matrix } from '../../../src/compiler/schedule.ts'
import { sizeOf } from '../../../src/tensor/shape.ts'
import type { Emission, Site } from './stage.ts'
import { productCost } from '../../../src/compiler/cost.ts'
import { chunkStage } from './chunks.ts'
import { epilogueCode, fitsRegisters, isPlain } from './epilogue.ts'
import { emitSeparateEpilogue } from './separateEpilogue.ts'
import { emitNest, operandsOf } from './loops.ts'

const listOf = ({ strides }: Matrix): readonly number[] => [strides.batch, strides.row, strides.column]

const element = (operand: number, { start, strides }: Matrix, row: Scalar, column: Scalar): Scalar =>
  load(
    operand,
    [[axis(0), strides.batch] as const, [row, strides.row] as const, [column, strides.column] as const].reduce<
      readonly [Scalar]
    >(([sum], [place, stride]) => [plus(sum, times(place, int(stride)))], [int(start)]),
    'float32'
  )

/** Emits a product whose factors have no elements: its sums are 0, and the epilogue is computed from those. */
const emitEmpty = (site: Site, { batch, m, n, k, a, b, c, reads, writes, epilogue }: Contraction): Emission => {
  const raw = site.reserve(batch * m * n * 4)
  const product = binary('mul', element(0, a, axis(1), axis(3)), element(1, b, axis(3), axis(2)))
  const flat = operandsOf(site, reads.slice(0, 2)).map((x) => ({ ...x, shape: [sizeOf(x.shape)] }))
  const nest = {
    domain: [batch, m, n],
    outputs: [{ dtype: 'float32', body: product } as const],
    reduction: { extents: [k], combine: 'sum' } as const
  }
  const zeros = emitNest(site, 'contraction', nest, flat, [raw])
  return {
    stages: [
      ...zeros,
      ...emitSeparateEpilogue(site, 'epilogue', epilogue, raw, reads, writes, [batch, m, n], listOf(c))
    ],
    scratchBytes: 0
  }
}

const codeOf = ({ module, addresses }: Site, { epilogue, reads, writes, c }: Contraction): EpilogueCode =>
  epilogueCode(
    module,
    epilogue,
    (operand, at) => {
      const { start, strides } = epilogue.operands[operand - 1]!
      const [batch = 0, row = 0, column = 0] = strides
      return at.read(addresses[reads[operand + 1]!.buffer]! + start * 4, { batch, row, column })
    },
    (output, at, value) => at.write(addresses[writes[output]!]! + c.start * 4, c.strides, value)
  )

/** Emits a product. An epilogue that cannot run on tiles gets a stage of its own. */
export const emitContractionKernel = (site: Site, kernel: Contraction): Emission => {
  const { batch, m, n, k, a, b, c, reads, writes, epilogue } = kernel
  if (batch * m * n === 0) return { stages: [], scratchBytes: 0 }
  if (k === 0) return emitEmpty(site, kernel)
  const { addresses, schedule, module } = site
  const plain = isPlain(epilogue)
  const dtypes = reads.slice(2).map(({ buffer }) => schedule.buffers[buffer]!.dtype)
  const fused = plain || fitsRegisters(epilogue, dtypes)
  const target = fused ? addresses[writes[0]!]! + c.start * 4 : site.reserve(batch * m * n * 4)
  const at = (matrix: Matrix, buffer: number) => ({
    address: addresses[buffer]! + matrix.start * 4,
    strides: matrix.strides
  })
  const product = emitContraction(module, {
    batch,
    m,
    n,
    k,
    a: at(a, reads[0]!.buffer),
    b: at(b, reads[1]!.buffer),
    c: { address: target, strides: c.strides },
    ...(fused && !plain && { epilogue: codeOf(site, kernel) })
  })
  const stage = chunkStage(site, 'contraction', product, productCost(batch * m * n * k) + 300)
  return {
    stages: fused
      ? [stage]
      : [stage, ...emitSeparateEpilogue(site, 'epilogue', epilogue, target, reads, writes, [batch, m, n], listOf(c))],
    scratchBytes: product.scratchBytes
  }
}
