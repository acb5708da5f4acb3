import type { Command } from 'commander'
import { pipe } from '#fp-ts/function'
import * as TE from '#fp-ts/TaskEither'
import { writeAtomically } from '../../io/files.ts'
import type { ConditioningFigures } from '../../lab/conditioningProbe.ts'
import { conditioning } from '../../lab/conditioningProbe.ts'
import { key } from '../../random/key.ts'
import type { EngineName } from '../../transform/compileStep.ts'
import type { Cli, Work } from '../cli.ts'
import { aligned, attempt, figure, ofFile, say, wholeNumber } from '../cli.ts'
import { openRun } from '../runFolder.ts'

interface Words {
  readonly latents: string
  readonly seed: string
  readonly engine: string
  readonly out?: string
  readonly json?: boolean
}

/** Draws the spectrum at each latent. */
const drawn = ({ singularValues: { shape, data } }: ConditioningFigures, file: string): Work =>
  pipe(
    attempt(async () => {
      const { spectra } = await import('../../io/figures/spectra.ts')
      const [n = 0, k = 0] = shape
      const each = Array.from({ length: n }, (_, i) => ({
        name: `latent ${String(i + 1)}`,
        values: data.slice(i * k, (i + 1) * k)
      }))
      return spectra(each, { title: 'Singular values of the generator' })
    }),
    TE.chain((svg) => TE.mapLeft(ofFile)(writeAtomically(file, svg)))
  )

const measured = (folder: string, words: Words, cli: Cli): Work =>
  pipe(
    TE.Do,
    TE.bind('latents', () => TE.fromEither(wholeNumber('--latents', words.latents, 1))),
    TE.bind('seed', () => TE.fromEither(wholeNumber('--seed', words.seed, 0))),
    TE.bind('run', () => openRun(folder)),
    TE.bind('found', ({ latents, seed, run: { spec, state } }) =>
      attempt(async () => {
        const probe = conditioning({ latents, seed, engine: words.engine as EngineName })
        const figures = await probe.run(spec, state, key(seed))
        probe.dispose()
        return figures
      })
    ),
    TE.chainFirst(({ found }) => (words.out === undefined ? TE.right(undefined) : drawn(found, words.out))),
    TE.map(({ found }) => {
      const { logCondition, deviation, logDeterminant, effectiveRank, deficient, singularValues } = found
      const [n = 0, k = 0] = singularValues.shape
      const means = Array.from({ length: k }, (_, j) =>
        Array.from({ length: n }, (_latent, i) => singularValues.data[i * k + j] ?? 0).reduce(
          (sum, x) => sum + x / n,
          0
        )
      )
      const record = { logCondition, deviation, logDeterminant, effectiveRank, deficient }
      const rows = Object.entries(record).map(([name, value]) => [name, figure(value)] as const)
      const spectrumRow = ['singular values', means.map((x) => String(Number(x.toPrecision(3)))).join(' ')] as const
      say(cli, words.json, { ...record, singularValues: means }, aligned([...rows, spectrumRow]))
    })
  )

export const spectrum = (program: Command, cli: Cli): void => {
  program
    .command('spectrum')
    .summary('measure the conditioning of a generator')
    .description(
      "Measures singular values of the Jacobian of a run's generator, at some latents: how it stretches their surroundings."
    )
    .argument('<run>', 'the folder of a run')
    .option('--latents <n>', 'at how many latents', '8')
    .option('--seed <n>', 'seed of the latents', '0')
    .option('--out <file>', 'draws the spectra as an .svg')
    .option('--engine <name>', 'as of train', 'auto')
    .option('--json', 'writes JSON')
    .action((folder: string, words: Words) => cli.finish(measured(folder, words, cli)))
}
