import type { Command } from 'commander'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import { sampleLabels } from '../../gan/game/labels.ts'
import { generate } from '../../gan/step/generate.ts'
import { imageGrid } from '../../io/imageGrid.ts'
import { writeAtomically } from '../../io/files.ts'
import { interpolate as between } from '../../lab/interpolate.ts'
import { take } from '../../ops/indexing.ts'
import { foldIn, key } from '../../random/key.ts'
import { kindOf, pictureOf } from '../../run/picture.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { EngineName } from '../../transform/compileStep.ts'
import type { Cli, Failure, Work } from '../cli.ts'
import { attempt, cannot, misused, ofFile, say, wholeNumber } from '../cli.ts'
import type { OpenRun } from '../runFolder.ts'
import { openRun } from '../runFolder.ts'

interface Words {
  readonly rows: string
  readonly columns: string
  readonly path: string
  readonly seed: string
  readonly out: string
  readonly engine: string
  readonly json?: boolean
}

interface Size {
  readonly rows: number
  readonly columns: number
  readonly seed: number
}

/** Generates paths between pairs of latents, a row each; labels stay along a path. */
const walked = ({ spec, state }: OpenRun, { rows, columns, seed }: Size, { path, engine }: Words): Work<Tensor> =>
  attempt(async () => {
    const [from, to] = [0, 1].map((end) => spec.prior.sample(foldIn(key(seed), end), rows)) as [Tensor, Tensor]
    const count = rows * columns
    const places = Array.from({ length: count }, (_, i) => Math.floor(i / columns))
    const times = new Float32Array(count).map((_, i) => (i % columns) / Math.max(1, columns - 1))
    const row: Tensor = { shape: [count], dtype: 'int32', data: Int32Array.from(places) }
    const { z } = between(
      take(from, row),
      take(to, row),
      { shape: [count], dtype: 'float32', data: times },
      { path: path as 'linear' }
    )
    const labels = spec.labels === undefined ? undefined : sampleLabels(spec.labels, foldIn(key(seed), 2), rows)
    const draw = generate({ count, engine: engine as EngineName })(spec)
    const samples = await draw(state, seed, {
      latents: z,
      ...(labels === undefined ? {} : { labels: take(labels, row) })
    })
    draw.dispose()
    return samples
  })

const pictured = (samples: Tensor, columns: number): Work<Uint8Array> => {
  const shape = samples.shape.slice(1)
  return kindOf(shape) === 'images'
    ? attempt(() => imageGrid(samples, { columns, scale: (shape[2] ?? 0) <= 40 ? 2 : 1 }))
    : pipe(
        pictureOf(samples, { title: 'Paths between latents', real: undefined, modes: undefined }),
        TE.mapLeft(ofFile),
        TE.chain((picture) =>
          picture === undefined ? TE.left(cannot('samples of this shape have no picture.')) : TE.right(picture)
        )
      )
}

const interpolated = (folder: string, words: Words, cli: Cli): Work =>
  pipe(
    TE.Do,
    TE.bind('rows', () => TE.fromEither(wholeNumber('--rows', words.rows, 1))),
    TE.bind('columns', () => TE.fromEither(wholeNumber('--columns', words.columns, 2))),
    TE.bind('seed', () => TE.fromEither(wholeNumber('--seed', words.seed, 0))),
    TE.chainFirst(() =>
      ['linear', 'spherical'].includes(words.path)
        ? TE.right<Failure, undefined>(undefined)
        : TE.left(misused(`--path '${words.path}': give linear or spherical.`))
    ),
    TE.bind('run', () => openRun(folder)),
    TE.bind('samples', ({ run, ...size }) => walked(run, size, words)),
    TE.bind('picture', ({ samples, columns }) => pictured(samples, columns)),
    TE.chainFirst(({ picture }) => TE.mapLeft(ofFile)(writeAtomically(words.out, picture))),
    TE.map(({ rows, columns, samples }) =>
      say(
        cli,
        words.json,
        { file: words.out, shape: samples.shape },
        `${words.out}: ${String(rows)} paths of ${String(columns)} samples`
      )
    )
  )

export const interpolate = (program: Command, cli: Cli): void => {
  program
    .command('interpolate')
    .summary('draw paths between samples')
    .description("Draws what a run's generator makes of paths between latents, a row a path.")
    .argument('<run>', 'the folder of a run')
    .option('--rows <n>', 'paths', '8')
    .option('--columns <n>', 'samples on each', '10')
    .option('--path <kind>', 'linear or spherical', 'spherical')
    .option('--seed <n>', 'seed of the ends', '0')
    .option('--out <file>', 'the picture', 'interpolation.png')
    .option('--engine <name>', 'as of train', 'auto')
    .option('--json', 'writes JSON')
    .action((folder: string, words: Words) => cli.finish(interpolated(folder, words, cli)))
}
