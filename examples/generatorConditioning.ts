/**
 * Is generator conditioning related to GAN performance? The study of Odena et al. (2018) in small.
 *
 * Arms, from the same seeds: a DCGAN pair as it is; its generator's Jacobian clamped at the published bounds, 1 and 20; clamped at bounds
 * that `Reg.calibrateClamp` proposes for this pair; the log of its condition number as a penalty, exactly. Each run is measured as it goes
 * on: the condition at 8 fixed latents, classifier score and Fréchet distance of 1,000 samples, the part of latents at which the clamps
 * bind; and at its end the classes of 360 samples, as in the paper, and walks along the directions that are stretched most and least.
 *
 *     npm run example -- examples/generatorConditioning.ts --data DIRECTORY_OF_DIGITS [--steps 2000] [--seeds 3] [--out DIRECTORY]
 *
 * Without --data it takes shapes that are drawn. Each step runs on all cores, so the runs come one after another, each in a folder of its own:
 * called again, the study goes on where it was ended, and where all is done it only draws its page. With --png it makes a PNG of each figure, too.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { E, Gan, Issue, Lab, Loss, Net, Objective, Opt, Prior, Random, Reg, Study, Toy, batches, compile, datasetOf, pipe, readDigits, reshape, slice } from 'saddlepoint' // prettier-ignore
import type { Tensor } from 'saddlepoint'
import { Figure } from 'saddlepoint/figures'
import { Run } from 'saddlepoint/run'
import { pageOf } from './generatorConditioningPage.ts'
import type { Bounds, Results, StudiedRun } from './generatorConditioningPage.ts'

const halved = { kernel: 4, stride: 2, padding: 1 }
const adam = Opt.adam({ learningRate: 2e-4, b1: 0.5 })

/** Makes the pair for images of one channel whose sides divide by 4. */
const pair = (side: number, width: number): Gan.Spec => {
  const small = side / 4
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
    Gan.withOptimizer('generator', adam),
    Gan.withOptimizer('discriminator', adam)
  )
}

/** Makes a network that tells the classes; its 128 features are what distances are computed of. */
const classNet = (side: number, classes: number) =>
  Net.serial(
    Net.convolution(1, 16, halved),
    Net.relu,
    Net.convolution(16, 32, halved),
    Net.relu,
    Net.flatten,
    Net.dense(2 * side * side, 128),
    Net.relu,
    Net.dropout(0.3),
    Net.dense(128, classes)
  )

const published: Bounds = { min: 1, max: 20 }

/** Lists what is done differently in each arm. The exact penalty, which costs Jacobians, counts at every fourth step. */
const armsOf = (plain: Gan.Spec, calibrated: Bounds): Readonly<Record<string, Gan.Spec>> => ({
  plain,
  'clamped 1..20': pipe(plain, Gan.withRegularizer('generator', Reg.jacobianClamp(published))),
  'clamped as calibrated': pipe(plain, Gan.withRegularizer('generator', Reg.jacobianClamp(calibrated))),
  'log condition': pipe(
    plain,
    Gan.withRegularizer('generator', pipe(Reg.logCondition({ subset: 4 }), Objective.every(4)))
  )
})

export interface StudyOptions {
  readonly images: Tensor
  readonly labels: Tensor
  /** A directory of the study's own. */
  readonly out: string
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
  /** Stops after the step that is under way. */
  readonly signal?: Gan.Signal
}

type All = Required<Omit<StudyOptions, 'signal'>> & Pick<StudyOptions, 'signal'>

const rightOf = <A>(what: string, result: E.Either<Issue.Issues, A>): A => {
  if (E.isLeft(result)) throw new Error(`${what}: ${Issue.show(result.left)}`)
  return result.right
}

const sideOf = ({ shape }: Tensor): number => shape[2] ?? 0

const readIfThere = (file: string): Promise<Uint8Array | undefined> => readFile(file).catch(() => undefined)

/** Trains the classifier, or reads it where it has been trained. */
const classifierOf = async ({ images, labels, batchSize, epochs, out, tell }: All): Promise<Lab.Classifier> => {
  const net = classNet(sideOf(images), Math.max(...labels.data) + 1)
  const file = `${out}/classifier.safetensors`
  const kept = await readIfThere(file)
  if (kept !== undefined) return Lab.classifier(net, rightOf(file, Gan.networkFromSafetensors(net, kept)))
  const trained = await Lab.trainClassifier({ data: { images, labels }, net, batchSize, epochs })
  await writeFile(file, Gan.networkToSafetensors(trained.held))
  tell(`classifier: ${(100 * trained.heldAccuracy).toFixed(2)} % of the samples held back`)
  return trained
}

/** Finds bounds between which stretches mostly lie without a clamp, in the better of two runs of half of the steps. */
const calibrationOf = async (all: All, plain: Gan.Spec, classifier: Lab.Classifier): Promise<Bounds | undefined> => {
  const { images, out, steps, batchSize, samples, seeds, signal, tell } = all
  const file = `${out}/calibration.json`
  const kept = await readIfThere(file)
  if (kept !== undefined) return JSON.parse(new TextDecoder().decode(kept)) as Bounds
  const sample = pipe(plain, Gan.generate({ count: samples }))
  const calibrated = await pipe(
    plain,
    Reg.calibrateClamp({
      data: batches(images, { batchSize, seed: 0 }).from(),
      batchSize,
      steps: Math.ceil(steps / 2),
      runs: 2,
      seed: 1000 + Math.max(...seeds),
      score: async (state, seed) => Lab.classifierScore(await classifier.probabilities(await sample(state, seed))).mean,
      ...(signal && { signal })
    })
  )()
  sample.dispose()
  if (E.isLeft(calibrated)) return rightOf('calibration', E.left(calibrated.left.issues))
  const { bounds } = calibrated.right
  if (bounds === undefined) return undefined
  await writeFile(file, JSON.stringify(bounds))
  tell(`calibrated bounds: ${bounds.min.toFixed(2)} and ${bounds.max.toFixed(2)}`)
  return bounds
}

/** Samples of a run, and images along walks in the directions that its generator stretches most and least. */
const picturesOf = async (spec: Gan.Spec, state: Gan.State): Promise<Readonly<Record<string, Tensor>>> => {
  const [net, own] = [spec.networks['generator'], state.players['generator']]
  if (net === undefined || own === undefined) return {}
  const G = (z: Tensor): Tensor =>
    net.apply({ params: own.params, state: own.layers, key: state.key, training: false }, z)[0]
  const steps = 11
  const walks = compile((z: Tensor) => {
    const { directions } = Lab.singularDirections(G)(z)
    const [, k = 1, latents = 1] = directions.shape
    const along = (i: number): Tensor => {
      const direction = reshape(slice(directions, { start: [0, i, 0], end: [1, i + 1, latents] }), [1, latents])
      return G(reshape(Lab.walk(z, direction, { reach: 2, steps }), [steps, latents]))
    }
    return { most: along(0), least: along(k - 1) }
  })
  const sample = pipe(spec, Gan.generate({ count: steps }))
  const pictures = { samples: await sample(state, 0), ...(await walks(spec.prior.sample(Random.key(7), 1))) }
  walks.dispose()
  sample.dispose()
  return pictures
}

/** Says what was measured last. */
const lastLook = (measurements: readonly Gan.Measurement[]): string => {
  const last = (probe: string, figure: string): string =>
    Number(measurements.findLast((one) => one.probe === probe)?.figures[figure]).toFixed(2)
  return `log condition ${last('conditioning', 'logCondition')}, score ${last('scores', 'classifierScore')}, distance ${last('scores', 'frechetDistance')}`
}

/** Does what has not been done of the study, and reads all that has been measured. */
export const study = async ({
  steps = 2000,
  seeds = [0, 1, 2],
  width = 32,
  batchSize = 64,
  looks = 10,
  samples = 1000,
  epochs = 8,
  tell = () => undefined,
  ...given
}: StudyOptions): Promise<Results> => {
  const all: All = { ...given, steps, seeds, width, batchSize, looks, samples, epochs, tell }
  const { images, out, signal } = all
  await mkdir(out, { recursive: true })
  const plain = pair(sideOf(images), width)
  const classifier = await classifierOf(all)
  const calibrated = await calibrationOf(all, plain, classifier)
  const setup = { steps, width, batchSize, samples, images: images.shape, calibrated }
  if (calibrated === undefined) return { ...setup, runs: [] }
  const every = Math.max(1, Math.floor(steps / looks))
  const measured = [
    Lab.conditioning({ latents: 8 }),
    Lab.scores({ classifier, real: images, samples }),
    { ...Lab.clampBinding(published), name: 'published' },
    { ...Lab.clampBinding(calibrated), name: 'calibrated' }
  ]
  const classes = { ...Lab.scores({ classifier, real: images, samples: 360 }), name: 'classes of 360' }
  const probes = [...measured.map((probe) => ({ every, probe })), { every: steps, probe: classes }]
  const todo = Study.arms(armsOf(plain, calibrated), seeds)
  const runs: StudiedRun[] = []
  for (const [i, { arm, seed, spec }] of todo.entries()) {
    if (signal?.aborted === true) break
    const folder = `${out}/${arm.replaceAll(/[^a-z0-9]+/g, '-')}-${String(seed)}`
    const data = datasetOf(images, { name: `${String(images.shape[0])} images` })
    const options = { spec, data, batchSize, steps, seed, every, keep: 1, probes, ...(signal && { signal }) }
    const trained = await Run.train(folder, options)()
    const { measurements, ended } = rightOf(folder, await Run.read(folder)())
    // One that diverged is a result; one that cannot be begun is none.
    if (E.isLeft(trained) && ended !== 'failed') rightOf(folder, trained)
    const pictured = E.isRight(trained) && ended === 'done' && seed === seeds[0]
    const pictures = pictured ? await picturesOf(spec, trained.right.state) : {}
    runs.push({ arm, seed, measurements, ended: ended === 'done', pictures })
    tell(`run ${String(i + 1)} of ${String(todo.length)}, ${arm}, seed ${String(seed)}: ${lastLook(measurements)}`)
  }
  for (const { probe } of probes) probe.dispose()
  classifier.dispose()
  return { ...setup, runs }
}

/** Reads digits, or draws shapes where no directory is given. */
const dataIn = async (directory: string | undefined): Promise<{ readonly images: Tensor; readonly labels: Tensor }> => {
  if (directory === undefined) {
    const { real, labels } = Toy.shapes().sample(Random.key(0), 4000)
    return { images: real, labels }
  }
  const digits = await readDigits(directory)()
  if (E.isLeft(digits))
    throw new Error(`${digits.left.file}: expected ${digits.left.expected}; got ${digits.left.actual}`)
  const { images, labels } = digits.right
  if (labels === undefined) throw new Error(`${directory}: expected labels beside the images`)
  return { images, labels }
}

const main = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      steps: { type: 'string', default: '2000' },
      seeds: { type: 'string', default: '3' },
      out: { type: 'string', default: 'out/generator-conditioning' },
      png: { type: 'boolean', default: false }
    }
  })
  const { out } = values
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const results = await study({
    ...(await dataIn(values.data)),
    out,
    steps: Number(values.steps),
    seeds: Array.from({ length: Number(values.seeds) }, (_, seed) => seed),
    signal: stop.signal,
    tell: (line) => process.stdout.write(`${line}\n`)
  })
  const page = pageOf(results)
  await writeFile(`${out}/index.html`, Figure.page(page))
  for (const { name, svg } of values.png ? page.figures : []) {
    const png = await Figure.toPng(svg, { scale: 1.5 })()
    if (E.isRight(png)) await writeFile(`${out}/${name}.png`, png.right)
  }
  for (const { title, columns, rows } of page.tables)
    process.stdout.write([`\n${title}`, columns.join(' | '), ...rows.map((row) => row.join(' | ')), ''].join('\n'))
  process.stdout.write(`${out}/index.html\n`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2))
