import { conv2d, convTranspose2d, vjp } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import type { Bench } from '../measure/bench.ts'
import { computing } from './computing.ts'
import type { Job } from '../measure/job.ts'
import { jobOf } from '../measure/job.ts'
import { between, mulberry32, uniform, weights } from '../measure/random.ts'

interface Layer {
  readonly batch: number
  readonly from: number
  readonly to: number
  /** Height and width of the images. */
  readonly extent: number
  readonly kernel: number
  readonly stride: number
  readonly padding: number
  readonly dilation: number
}

const forms = ['forward', 'input gradient', 'filter gradient'] as const
type Form = (typeof forms)[number]

const outputOf = ({ extent, kernel, stride, padding, dilation }: Layer): number =>
  Math.floor((extent + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1

const nameOf = (form: Form, { batch, from, to, extent, kernel, dilation }: Layer): string =>
  `conv ${form} ${batch}x${from}x${extent} to ${to}, k${kernel}${dilation === 1 ? '' : ` d${dilation}`}`

interface Operands {
  readonly x: Tensor
  readonly w: Tensor
  readonly y: Tensor
}

/** One of the three convolutions of a layer: y from x and w, x's cotangent from y's and w, or w's from x and y's. */
const convolution = (form: Form, layer: Layer, rateAgainst?: string): Job => {
  const { batch, from, to, extent, kernel, stride, padding, dilation } = layer
  const options = { stride, padding, dilation }
  const out = outputOf(layer)
  const rest = extent + 2 * padding - dilation * (kernel - 1) - 1 - (out - 1) * stride
  const random = mulberry32(4)
  const x = uniform([batch, from, extent, extent], 1, random)
  const w = weights([to, from, kernel, kernel], from * kernel * kernel, random)
  const y = uniform([batch, to, out, out], 1, random)
  const compute = ({ x: images, w: filters, y: cotangent }: Operands): Tensor => {
    if (form === 'forward') return conv2d(images, filters, options)
    if (form === 'input gradient') return convTranspose2d(cotangent, filters, { ...options, outputPadding: rest })
    return vjp((f: Tensor) => conv2d(images, f, options), filters)[1](cotangent)[0]
  }
  const like = { forward: y, 'input gradient': x, 'filter gradient': w }[form]
  return jobOf(
    {
      name: nameOf(form, layer),
      script: 'conv',
      sizes: { ...layer, form },
      ...(rateAgainst === undefined ? {} : { rateAgainst })
    },
    computing({ x, w, y }, [like.shape], (operands) => [compute(operands)])
  )
}

const dcgan = { kernel: 4, stride: 2, padding: 1, dilation: 1 }
const middle: Layer = { ...dcgan, batch: 64, from: 32, to: 64, extent: 14 }
const layers: readonly Layer[] = [
  { ...dcgan, batch: 64, from: 1, to: 32, extent: 28 },
  middle,
  { ...dcgan, batch: 32, from: 64, to: 128, extent: 14 },
  { kernel: 3, stride: 1, padding: 2, dilation: 2, batch: 32, from: 64, to: 64, extent: 14 }
]

export const conv: Bench = {
  name: 'conv',
  groups: () => layers.flatMap((layer) => forms.map((form) => ({ jobs: [convolution(form, layer)] }))),
  drawn: (random) => {
    const [batch, from, to] = [between(48, 320, random), between(24, 96, random), between(24, 96, random)]
    return forms.map((form) => ({
      jobs: [convolution(form, middle), convolution(form, { ...middle, batch, from, to }, nameOf(form, middle))]
    }))
  }
}
