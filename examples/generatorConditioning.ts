/**
 * Is generator conditioning related to GAN performance? The study of Odena et al. (2018) in small, on digits.
 *
 * Arms: a DCGAN pair as it is; with its Jacobian clamped at the published bounds, 1 and 20; with the log of the condition number as a
 * penalty, exactly. Of each run: the condition at 8 fixed latents over time, classifier score and Fréchet distance over time, the part of
 * latents at which the clamp binds, and the classes of 360 samples at the end.
 *
 *     npm run build && node examples/generatorConditioning.ts DIRECTORY_OF_DIGITS [steps] [seeds]    (Node 22.18 or later)
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { E, Gan, Issue, Lab, Loss, Net, Opt, Prior, Reg, Study, batches, pipe, readDigits } from 'saddlepoint'
import type { Tensor } from 'saddlepoint'

const learningRate = 2e-4

/** Makes the pair for images of one channel whose sides divide by 4. */
const pair = (side: number, width: number): Gan.Spec => {
  const small = side / 4
  const halved = { kernel: 4, stride: 2, padding: 1 }
  return pipe(
    Gan.between({
      generator: Net.serial(
        Net.dense(width, 2 * width * small * small),
        Net.reshape([2 * width, small, small]),
        Net.batchNorm(2 * width),
        Net.relu,
        Net.transposedConvolution(2 * width, width, halved),
        Net.batchNorm(width),
        Net.relu,
        Net.transposedConvolution(width, 1, halved),
        Net.tanh
      ),
      discriminator: Net.serial(
        Net.convolution(1, width, halved),
        Net.leakyRelu(0.2),
        Net.convolution(width, 2 * width, halved),
        Net.leakyRelu(0.2),
        Net.flatten,
        Net.dense(2 * width * small * small, 1)
      ),
      prior: Prior.normal([width])
    }),
    Gan.withLoss(Loss.nonSaturating),
    Gan.withOptimizer('generator', Opt.adam({ learningRate, b1: 0.5 })),
    Gan.withOptimizer('discriminator', Opt.adam({ learningRate, b1: 0.5 }))
  )
}

/** Makes a network that tells digits; its 128 features are what distances are computed of. */
const digitNet = (side: number, classes: number) =>
  Net.serial(
    Net.convolution(1, 16, { kernel: 4, stride: 2, padding: 1 }),
    Net.relu,
    Net.convolution(16, 32, { kernel: 4, stride: 2, padding: 1 }),
    Net.relu,
    Net.flatten,
    Net.dense(2 * side * side, 128),
    Net.relu,
    Net.dropout(0.3),
    Net.dense(128, classes)
  )

export interface StudyOptions {
  readonly images: Tensor
  readonly labels: Tensor
  readonly classes?: number
  readonly steps?: number
  readonly seeds?: readonly number[]
  /** Channels of the pair, and dimension of its latents. */
  readonly width?: number
  readonly batchSize?: number
  /** How often a run is measured. */
  readonly looks?: number
  readonly samples?: number
  readonly epochs?: number
  readonly tell?: (line: string) => void
}

/** A run as a row of the table of results. */
export interface Run extends Study.Row {
  readonly arm: string
  readonly seed: number
  readonly logCondition: number
  readonly classifierScore: number
  readonly frechetDistance: number
  readonly binding: number
  readonly leastOf360: number
}

/** Runs the study: a table with a row a run, and all that was measured on the way. */
export const study = async ({
  images,
  labels,
  classes = 10,
  steps = 2000,
  seeds = [0, 1, 2],
  width = 32,
  batchSize = 64,
  looks = 10,
  samples = 1000,
  epochs = 8,
  tell = () => undefined
}: StudyOptions) => {
  const [, , side = 28] = images.shape
  const classifier = await Lab.trainClassifier({
    data: { images, labels },
    net: digitNet(side, classes),
    batchSize,
    epochs
  })
  tell(`classifier: ${(100 * classifier.heldAccuracy).toFixed(2)} % of the digits held back`)

  const plain = pair(side, width)
  const runs = Study.arms(
    {
      plain,
      'clamped 1..20': Gan.withRegularizer('generator', Reg.jacobianClamp({ min: 1, max: 20 }))(plain),
      'log condition': Gan.withRegularizer('generator', Reg.logCondition({ weight: 0.1, subset: 2 }))(plain)
    },
    seeds
  )
  const every = Math.max(1, Math.floor(steps / looks))
  const table: Run[] = []
  const measured: Record<string, readonly Gan.Measurement[]> = {}
  for (const { arm, seed, spec } of runs) {
    const [conditioning, scores, binding] = [
      Lab.conditioning({ latents: 8 }),
      Lab.scores({ classifier, real: images, samples }),
      Lab.clampBinding({ min: 1, max: 20 })
    ] as const
    const trained = await pipe(
      spec,
      Gan.train({
        data: batches(images, { batchSize, seed }).from(),
        batchSize,
        steps,
        seed,
        probes: [conditioning, scores, binding].map((probe) => ({ every, probe }))
      })
    )()
    if (E.isLeft(trained)) throw new Error(`${arm}, seed ${String(seed)}: ${Issue.show(trained.left)}`)
    const reached = trained.right
    const sample = pipe(spec, Gan.generate({ count: 360 }))
    const histogram = Lab.classHistogram(await classifier.probabilities(await sample(reached.state, seed)))
    const last = <R extends Gan.Measured>(probe: Gan.Probe<R>): R => {
      const found = Gan.measurementsOf(probe, reached).at(-1)
      if (found === undefined) throw new Error(`${arm}: nothing measured by ${probe.name}`)
      return found.figures
    }
    const run: Run = {
      arm,
      seed,
      logCondition: last(conditioning).logCondition,
      classifierScore: last(scores).classifierScore,
      frechetDistance: last(scores).frechetDistance,
      binding: last(binding).binding,
      leastOf360: histogram.leastCount
    }
    table.push(run)
    measured[`${arm}, seed ${String(seed)}`] = reached.measurements
    tell(
      `${arm}, seed ${String(seed)}: log condition ${run.logCondition.toFixed(2)}, score ${run.classifierScore.toFixed(2)}, ` +
        `distance ${run.frechetDistance.toFixed(1)}, clamp 1..20 binds at ${(100 * run.binding).toFixed(0)} %, ` +
        `least class ${String(run.leastOf360)} of 360, ${reached.seconds.toFixed(0)} s`
    )
    for (const one of [conditioning, scores, binding, sample, reached.step]) one.dispose()
  }
  classifier.dispose()
  return { table, measured }
}

const figures = ['logCondition', 'classifierScore', 'frechetDistance', 'binding', 'leastOf360'] as const

/** Writes what a table says as text: each figure by arm, and how condition goes with the others over all runs. */
export const told = (table: readonly Run[]): string => {
  const means = figures.flatMap((name) =>
    Study.summarize(table, name).map(
      ({ arm, mean, standardError, runs }) =>
        `${name}, ${arm}: ${mean.toFixed(2)} ± ${standardError.toFixed(2)} (standard error of ${String(runs)} runs)`
    )
  )
  const varies = (name: string): boolean => new Set(Study.column(table, name)).size > 1
  const correlations =
    table.length < 3 || !varies('logCondition')
      ? []
      : (['classifierScore', 'frechetDistance', 'leastOf360'] as const).filter(varies).map((name) => {
          const { correlation, interval, rows } = Study.correlation(table, 'logCondition', name)
          return `rank correlation of log condition and ${name}: ${correlation.toFixed(2)}, 95 % in [${interval.map((x) => x.toFixed(2)).join(', ')}], ${String(rows)} runs`
        })
  return [...means, ...correlations].join('\n')
}

const main = async ([directory = '', steps = '2000', seeds = '3']: readonly string[]): Promise<void> => {
  const digits = await readDigits(directory)()
  if (E.isLeft(digits))
    throw new Error(`${digits.left.file}: expected ${digits.left.expected}; got ${digits.left.actual}`)
  const { images, labels } = digits.right
  if (labels === undefined) throw new Error(`${directory}: expected labels beside the images`)
  const { table, measured } = await study({
    images,
    labels,
    steps: Number(steps),
    seeds: Array.from({ length: Number(seeds) }, (_, seed) => seed),
    tell: (line) => process.stdout.write(`${line}\n`)
  })
  const out = 'out/generator-conditioning'
  await mkdir(out, { recursive: true })
  const plainArrays = (_: string, value: unknown): unknown =>
    ArrayBuffer.isView(value) ? [...(value as Float32Array)] : value
  await writeFile(`${out}/results.json`, JSON.stringify({ table, measured }, plainArrays))
  process.stdout.write(`\n${told(table)}\n${out}/results.json\n`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2))
