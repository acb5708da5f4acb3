/**
 * Convolutions, their sizes, and how they are cut.
 *
 *   x [groups, batch, inputs, height, width]   w [groups, outputs, inputs, kh, kw]   y [groups, batch, outputs, oh, ow]
 *   y[g, b, o, p, q] = sum over i, u, v of w[g, o, i, u, v] * x[g, b, i, p * stride - low + u * dilation, ...]
 *
 * all row-major and dense; x is zero outside itself.
 *
 * @category wasm
 */
type Pair = readonly [vertical: number, horizontal: number]

export interface Convolution {
  readonly groups: number
  readonly batch: number
  readonly inputs: number
  readonly outputs: number
  /** Height and width of x. */
  readonly size: Pair
  readonly kernel: Pair
  readonly stride: Pair
  /** Zeros before and after, for each spatial axis. Negative ones crop. */
  readonly padding: readonly [Pair, Pair]
  readonly dilation: Pair
}

/** Returns the height and width of y. */
export const outputSize = ({ size, kernel, stride, padding, dilation }: Convolution): Pair => {
  const along = (axis: 0 | 1): number => {
    const room = size[axis] + padding[axis][0] + padding[axis][1] - (kernel[axis] - 1) * dilation[axis] - 1
    return Math.max(0, Math.floor(room / stride[axis]) + 1)
  }
  return [along(0), along(1)]
}

/** Returns the number of multiplications and additions, those with zeros of the padding included. */
export const convolutionFlops = (shape: Convolution): number => {
  const [oh, ow] = outputSize(shape)
  const { groups, batch, inputs, outputs, kernel } = shape
  return 2 * groups * batch * inputs * outputs * kernel[0] * kernel[1] * oh * ow
}

/** Estimates the cost of `columns` columns, in panels; half a panel is cheaper than a whole one, but not twice. */
const panelCost = (columns: number): number => {
  const rest = columns % 8
  return Math.floor(columns / 8) + (rest === 0 ? 0 : rest <= 4 ? 0.6 : 1)
}

/**
 * Returns how many images share one product: as many as cost the least per image, where one alone has few columns. `perProduct`
 * is what a product costs besides, in panels; `imageBytes` what each image needs in scratch.
 */
export const imagesTogether = (batch: number, pixels: number, imageBytes: number, perProduct: number): number => {
  const cost = (images: number): number => (panelCost(images * pixels) + perProduct) / images
  let best = 1
  for (let images = 2; images <= batch && images * pixels <= 512; images++) {
    if (batch % images !== 0 || images * imageBytes > 2 ** 18) continue
    if (cost(images) < cost(best) * 0.98) best = images
  }
  return pixels >= 100 && perProduct < 1 ? 1 : best
}

/** Returns how many panels a chunk should have: all of them, unless there are few products to share among threads. */
export const leastPanels = (panels: number, products: number): number => Math.ceil(panels / Math.ceil(16 / products))
