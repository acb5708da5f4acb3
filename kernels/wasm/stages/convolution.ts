import type { Nest } from '../../../src/nest/nest.ts'
import { fuse } from '../../../src/nest/fused.ts'
import type { Epilogue as EpilogueCode, ChunkFunction } from '../contraction/index.ts'
import {
  convolutionFlops,
  emitFilterGradient,
  emitForward,
  emitInputGradient,
  emitWinograd,
  planWinograd
} from '../convolution/index.ts'
import type { Convolution as Sizes } from '../convolution/index.ts'
import type { Convolving } from '../../../src/compiler/schedule.ts'
import { basic } from '../../../src/primitives/basic.ts'
import type { Shape } from '../../../src/tensor/shape.ts'
import { sizeOf, stridesOf } from '../../../src/tensor/shape.ts'
import type { Emission, Site } from './stage.ts'
import { productCost } from '../../../src/compiler/cost.ts'
import { chunkStage } from './chunks.ts'
import { epilogueCode, fitsRegisters, isPlain } from './epilogue.ts'
import { emitSeparateEpilogue } from './separateEpilogue.ts'
import { emitNest, operandsOf } from './loops.ts'

/** Shapes of the image x and of the filter w, of which the result may be either. */
const shapesOf = ({ kind, reads, result }: Convolving): { readonly x: Shape; readonly w: Shape } => {
  const [first, second] = reads.map(({ shape }) => shape) as [Shape, Shape]
  if (kind === 'conv') return { x: first, w: second }
  return kind === 'convInputGradient' ? { x: result, w: second } : { x: first, w: result }
}

/** Returns the convolution in two dimensions, one dimension being an image of one row; undefined where there are more. */
const sizesOf = (kernel: Convolving): Sizes | undefined => {
  const { params } = kernel
  const { x, w } = shapesOf(kernel)
  const rank = params.stride.length
  if (rank > 2) return undefined
  const pair = (list: readonly number[], filling: number): readonly [number, number] =>
    rank === 2 ? [list[0]!, list[1]!] : [filling, list[0]!]
  const size = pair(params.input, 1)
  const taps = pair(params.kernel, 1)
  const output = pair(params.output, 1)
  const stride = pair(params.stride, 1)
  const dilation = pair(params.dilation, 1)
  const low = pair(params.low, 0)
  const padding = ([0, 1] as const).map((i) => {
    const reached = (output[i] - 1) * stride[i] + (taps[i] - 1) * dilation[i] + 1
    return [low[i], reached - low[i] - size[i]] as const
  })
  const [vertical, horizontal] = padding as [Sizes['padding'][0], Sizes['padding'][1]]
  return {
    groups: x[0]!,
    batch: x[1]!,
    inputs: x[2]!,
    outputs: w[1]!,
    size,
    kernel: taps,
    stride,
    padding: [vertical, horizontal],
    dilation
  }
}

const forms = { conv: 'forward', convInputGradient: 'inputGradient', convFilterGradient: 'filterGradient' } as const
const emitters = { conv: emitForward, convInputGradient: emitInputGradient, convFilterGradient: emitFilterGradient }

/**
 * Tells how an operand of the epilogue is read on a tile: 'like' where it lies as the result does; where it has one number
 * for each channel of the result, how many elements lie between those (0: one number for all); undefined where it lies
 * otherwise.
 */
const reading = (kernel: Convolving, operand: number): 'like' | number | undefined => {
  const { start, strides } = kernel.epilogue.operands[operand - 1]!
  const channel = kernel.kind === 'convFilterGradient' ? 1 : 2
  const own = stridesOf(kernel.result)
  const { result } = kernel
  if (start === 0 && strides.every((stride, a) => result[a] === 1 || stride === own[a])) return 'like'
  const byChannel = strides.every((stride, a) => a === channel || result[a] === 1 || stride === 0)
  return byChannel && (result[0] === 1 || strides[channel] === 0) ? strides[channel]! : undefined
}

const codeOf = ({ module, addresses }: Site, kernel: Convolving): EpilogueCode =>
  epilogueCode(
    module,
    kernel.epilogue,
    (operand, at) => {
      const base = addresses[kernel.reads[operand + 1]!.buffer]!
      const how = reading(kernel, operand)
      const { start } = kernel.epilogue.operands[operand - 1]!
      return how === 'like' ? at.like(base) : at.read(base + start * 4, { batch: 0, row: how ?? 0, column: 0 })
    },
    (output, at, value) => at.writeLike(addresses[kernel.writes[output]!]!, value)
  )

/** Emits the loop nest that the primitive lowers to: slower, but for any number of dimensions and any size. */
const emitSum = (site: Site, kernel: Convolving, target: number): Emission => {
  const { kind, params, reads, result } = kernel
  const operands = operandsOf(site, reads.slice(0, 2))
  const nest = basic[kind].lower(operands, { shape: result, dtype: 'float32' }, params)
  return { stages: emitNest(site, kind, fuse(nest as Nest), operands, [target]), scratchBytes: 0 }
}

/** Emits a convolution or one of its gradients. An epilogue that cannot run on tiles gets a stage of its own. */
export const emitConvolutionKernel = (site: Site, kernel: Convolving): Emission => {
  const { kind, reads, writes, result, epilogue } = kernel
  if (sizeOf(result) === 0) return { stages: [], scratchBytes: 0 }
  const sizes = sizesOf(kernel)
  const { addresses, schedule, module } = site
  const plain = isPlain(epilogue)
  const empty = reads.slice(0, 2).some(({ shape }) => sizeOf(shape) === 0)
  const tiled = sizes !== undefined && !empty
  const dtypes = reads.slice(2).map(({ buffer }) => schedule.buffers[buffer]!.dtype)
  const readable = epilogue.operands.every((_, i) => reading(kernel, i + 1) !== undefined)
  const fused = plain || (tiled && readable && fitsRegisters(epilogue, dtypes))
  const target = fused ? addresses[writes[0]!]! : site.reserve(sizeOf(result) * 4)
  const [first, second] = reads.slice(0, 2).map(({ buffer }) => addresses[buffer]!) as [number, number]
  const places = {
    conv: { x: first, w: second, y: target },
    convInputGradient: { x: target, w: second, y: first },
    convFilterGradient: { x: first, w: target, y: second }
  }[kind]
  const product = (): Emission => {
    const anyRow = epilogue.operands.every((_, i) => {
      const how = reading(kernel, i + 1)
      return how === 'like' || how === 0
    })
    const options = fused && !plain ? { epilogue: codeOf(site, kernel), anyRow } : {}
    const fast = planWinograd(forms[kind], sizes!)
    if (fast?.pays === true) {
      const { steps, scratchBytes } = emitWinograd(module, fast, sizes!, places, options.epilogue, site.reserve)
      return {
        stages: steps.map(({ name, chunks, cost, run }) => ({
          kernel: site.kernel,
          name: `${kind}: ${name}`,
          tasks: chunks,
          cost,
          run
        })),
        scratchBytes
      }
    }
    const emitted: ChunkFunction = emitters[kind](module, sizes!, places, options)
    return {
      stages: [chunkStage(site, kind, emitted, productCost(convolutionFlops(sizes!) / 2) * 1.4 + 500)],
      scratchBytes: emitted.scratchBytes
    }
  }
  const { stages, scratchBytes } = tiled ? product() : emitSum(site, kernel, target)
  return {
    stages: fused
      ? stages
      : [
          ...stages,
          ...emitSeparateEpilogue(site, 'epilogue', epilogue, target, reads, writes, result, stridesOf(result))
        ],
    scratchBytes
  }
}
