import { useEffect, useRef } from 'preact/hooks'
import type { Frame } from '../../worker/messages.ts'

/** Draws images [n, c, h, w] in [-1, 1] in rows of so many. */
const drawGrid = (canvas: HTMLCanvasElement, pixels: Float32Array, shape: readonly number[], columns: number): void => {
  const [channels = 1, height = 1, width = 1] = shape
  const size = channels * height * width
  const count = Math.floor(pixels.length / size)
  const rows = Math.ceil(count / columns)
  canvas.width = columns * (width + 1)
  canvas.height = rows * (height + 1)
  const context = canvas.getContext('2d')
  if (context === null) return
  const image = context.createImageData(canvas.width, canvas.height)
  for (let i = 0; i < count; i++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at = 4 * ((Math.floor(i / columns) * (height + 1) + y) * canvas.width + (i % columns) * (width + 1) + x)
        for (let c = 0; c < 3; c++) {
          const channel = Math.min(c, channels - 1)
          image.data[at + c] = 127.5 * ((pixels[i * size + (channel * height + y) * width + x] ?? 0) + 1)
        }
        image.data[at + 3] = 255
      }
  context.putImageData(image, 0, 0)
}

const Grid = ({
  pixels,
  shape,
  columns,
  label
}: {
  readonly pixels: Float32Array
  readonly shape: readonly number[]
  readonly columns: number
  readonly label: string
}) => {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    if (canvas.current) drawGrid(canvas.current, pixels, shape, columns)
  }, [pixels, shape, columns])
  return <canvas ref={canvas} class="images" role="img" aria-label={label} />
}

/** Samples, and walks along singular directions of the generator: the most stretched, one in the middle, the least. */
export const ImagesView = ({ images }: { readonly images: NonNullable<Frame['images']> }) => (
  <>
    <Grid pixels={images.pixels} shape={images.shape} columns={8} label="64 samples" />
    {images.walk && (
      <>
        <Grid pixels={images.walk} shape={images.shape} columns={9} label="Walks along singular directions" />
        <p class="caption">
          Walks from one latent along the direction that changes the image most, one in the middle, and the least.
        </p>
      </>
    )}
  </>
)
