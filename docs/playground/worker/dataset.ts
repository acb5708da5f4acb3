import { E, Random, Toy, take, tensor } from '../../../src/core.ts'
import type { Gan, Tensor } from '../../../src/core.ts'
import type { Modes } from '../../../src/data/toy.ts'
import { readCsv } from '../../../src/data/csv.ts'
import type { Idx } from '../../../src/data/idx.ts'
import { readIdx } from '../../../src/data/idx.ts'
import { imageTensor } from '../../../src/data/imageTensor.ts'
import type { FileIssue } from '../../../src/io/fileIssue.ts'
import { showFileIssue } from '../../../src/io/fileIssue.ts'
import type { Data, IssueText } from './messages.ts'

/** Samples of what is to be learnt, drawn inside the step, and what is known of them. */
export interface Samples {
  readonly sample: (key: Tensor, n: number) => Tensor | Gan.Batch
  readonly shape: readonly number[]
  readonly modes?: Modes
  /** Half the side of the square that shows them, for points. */
  readonly extent: number
}

const rowsOf = (rows: Tensor): ((key: Tensor, n: number) => Tensor) => {
  const count = rows.shape[0] ?? 0
  return (key, n) => take(rows, Random.randint(key, [n], 0, count))
}

type Images = Extract<Data, { readonly kind: 'images' }>

const imagesIn = ({ pixels, shape }: Images): number => pixels.length / shape.reduce((product, n) => product * n, 1)

const extentOf = (numbers: ArrayLike<number>): number => {
  let most = 0
  for (let i = 0; i < numbers.length; i++) most = Math.max(most, Math.abs(numbers[i] ?? 0))
  return 1.3 * Math.max(most, 1e-3)
}

export const samplesOf = (data: Data, isConditional: boolean): Samples => {
  switch (data.kind) {
    case 'ring': {
      const { sample, modes } = Toy.ring()
      return { sample, modes, shape: [2], extent: 1.6 }
    }
    case 'grid': {
      const { sample, modes } = Toy.grid()
      return { sample, modes, shape: [2], extent: 5.4 }
    }
    case 'swissRoll':
      return { sample: Toy.swissRoll().sample, shape: [2], extent: 2.6 }
    case 'dirac':
      return { sample: Toy.dirac().sample, shape: [1], extent: 2 }
    case 'shapes': {
      const shapes = Toy.shapes({ size: data.size })
      const { sample, shape } = shapes
      return { sample: isConditional ? sample : (key, n) => sample(key, n).real, shape, extent: 1 }
    }
    case 'points': {
      const points = tensor(data.points.map((point) => [...point]))
      return { sample: rowsOf(points), shape: [2], extent: extentOf(points.data) }
    }
    case 'images': {
      const { pixels, shape, labels } = data
      const count = imagesIn(data)
      const images = tensor(pixels, [count, ...shape])
      if (labels === undefined || !isConditional) return { sample: rowsOf(images), shape, extent: 1 }
      const classes = tensor(labels, [count], 'int32')
      const sample = (key: Tensor, n: number): Gan.Batch => {
        const drawn = Random.randint(key, [n], 0, count)
        return { real: take(images, drawn), labels: take(classes, drawn) }
      }
      return { sample, shape, extent: 1 }
    }
  }
}

const wrong = (text: string): E.Either<IssueText, never> => E.left({ path: [], text, isWarning: false })
const refused = (issue: FileIssue): E.Either<IssueText, never> => wrong(showFileIssue(issue))

const [mostImages, mostClasses] = [20_000, 1000]

/** Reads the labels of images that are there already. */
const withLabels = (name: string, { data, shape: [count = 0] }: Idx, beside: Data): E.Either<IssueText, Data> => {
  if (beside.kind !== 'images')
    return wrong(`${name}: expected the images of these labels before them, or with them; got labels alone`)
  const needed = imagesIn(beside)
  if (count < needed || (count > needed && needed < mostImages))
    return wrong(
      `${name}: expected ${String(needed)} labels, one for each image of ${beside.name}; got ${String(count)}`
    )
  const labels = Int32Array.from(data.subarray(0, needed))
  const stranger = labels.find((label, i) => label !== data[i] || label < 0 || label >= mostClasses)
  if (stranger !== undefined)
    return wrong(`${name}: expected labels from 0 to ${String(mostClasses - 1)}, got ${String(stranger)}`)
  return E.right({ ...beside, name: `${beside.name}, ${name}`, labels })
}

const imagesOf = (name: string, idx: Idx): E.Either<IssueText, Data> => {
  const [count = 0] = idx.shape
  const kept = Math.min(count, mostImages)
  const size = idx.data.length / Math.max(count, 1)
  const head = { ...idx, shape: [kept, ...idx.shape.slice(1)], data: idx.data.slice(0, kept * size) }
  const images = imageTensor(name, head, { channels: undefined, transposed: false, range: undefined })
  if (E.isLeft(images)) return refused(images.left)
  const { shape, data } = images.right.images
  return E.right({ kind: 'images', name, shape: shape.slice(1), pixels: data as Float32Array })
}

/** Reads a file that was dropped on the page: IDX images or labels, or a table of which the first two columns are points. */
export const readFile = (name: string, bytes: Uint8Array, beside: Data): E.Either<IssueText, Data> => {
  if (bytes[0] === 0 && bytes[1] === 0) {
    const idx = readIdx(bytes, { file: name })
    if (E.isLeft(idx)) return refused(idx.left)
    return idx.right.shape.length === 1 ? withLabels(name, idx.right, beside) : imagesOf(name, idx.right)
  }
  const table = readCsv(new TextDecoder().decode(bytes), { file: name })
  if (E.isLeft(table)) return refused(table.left)
  const { data, shape } = table.right.values
  const [rows = 0, columns = 0] = shape
  if (columns < 2 || rows < 2)
    return wrong(`${name}: expected two rows or more of two numbers, got ${String(rows)} of ${String(columns)}`)
  const points = Array.from({ length: rows }, (_, i) => [data[i * columns] ?? 0, data[i * columns + 1] ?? 0] as const)
  return E.right({ kind: 'points', name, points })
}
