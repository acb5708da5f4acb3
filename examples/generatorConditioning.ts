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
 * Without --data it takes shapes that are drawn. Each step runs on all cores, so the runs come one after another. A run is a table in
 * out/generator-conditioning, a line a measurement, and a checkpoint: called again, the study goes on where it was ended, and draws its page of
 * the tables that there are. With --part 0/2 and --part 1/2 two processes share it; with --draw it only draws; with --png it makes a PNG of each
 * figure, too.
 */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import {
  Checkpoint,
  E,
  Engine,
  Gan,
  Issue,
  Lab,
  Loss,
  Net,
  Objective,
  Opt,
  Prior,
  Random,
  Reg,
  Study,
  Toy,
  batches,
  compile,
  pipe,
  readDigits,
  readSafetensors,
  reshape,
  slice,
  writeSafetensors
} from 'saddlepoint'
import type { Tensor } from 'saddlepoint'
import { Figure } from 'saddlepoint/figures'
import { figuresOf, page } from './generatorConditioningPage.ts'
import type { Look, Results, Run } from './generatorConditioningPage.ts'

const learningRate = 2e-4
const halved = { kernel: 4, stride: 2, padding: 1 }

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
    Gan.withOptimizer('generator', Opt.adam({ learningRate, b1: 0.5 })),
    Gan.withOptimizer('discriminator', Opt.adam({ learningRate, b1: 0.5 }))
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

interface Bounds {
  readonly min: number
  readonly max: number
}

const published: Bounds = { min: 1, max: 20 }

/** Lists what is done differently in each arm. The exact penalty, which costs Jacobians, counts at every fourth step. */
const armsOf = (plain: Gan.Spec, calibrated: Bounds): Readonly<Record<string, Gan.Spec>> => ({
  plain,
  'clamped 1..20': Gan.withRegularizer('generator', Reg.jacobianClamp(published))(plain),
  'clamped as calibrated': Gan.withRegularizer('generator', Reg.jacobianClamp(calibrated))(plain),
  'log condition': Gan.withRegularizer(
    'generator',
    pipe(Reg.logCondition({ weight: 0.1, subset: 4 }), Objective.every(4))
  )(plain)
})

export interface StudyOptions {
  readonly images: Tensor
  readonly labels: Tensor
  /** A directory of the study's own. */
  readonly out: string
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
  readonly engine?: Engine.Engine
  /** Which runs are done here, every n-th from the i-th on: several processes may share a study once its clamp is calibrated. */
  readonly part?: readonly [i: number, n: number]
  readonly tell?: (line: string) => void
  /** Stops after the step that is under way. */
  readonly signal?: Gan.Signal
}

type All = Required<Omit<StudyOptions, 'engine' | 'signal'>> & Pick<StudyOptions, 'engine' | 'signal'>

/** Numbers of a table, which JSON does not all have: tensors as lists, infinities as texts. */
const asText = (value: unknown): string =>
  JSON.stringify(value, (_, x: unknown) =>
    ArrayBuffer.isView(x)
      ? Array.from(x as Float32Array, (v) => Number(v.toPrecision(6)))
      : typeof x === 'number' && Math.abs(x) === Infinity
        ? String(x)
        : x
  )
const asNumbers = <T>(text: string): T =>
  JSON.parse(text, (_, x: unknown) => (x === 'Infinity' ? Infinity : x === '-Infinity' ? -Infinity : x)) as T

const orNothing = (): undefined => undefined
const readJson = async <T>(file: string): Promise<T | undefined> => {
  const text = await readFile(file, 'utf8').catch(orNothing)
  return text === undefined ? undefined : asNumbers<T>(text)
}

const failed = (what: string, issues: Issue.Issues): never => {
  throw new Error(`${what}: ${Issue.show(issues)}`)
}

/** Trains the classifier, or reads it where it has been trained. */
const classifierOf = async ({ images, labels, classes, batchSize, epochs, out, engine, tell }: All) => {
  const net = classNet(images.shape[2] ?? 28, classes)
  const options = engine === undefined ? {} : { engine }
  const file = `${out}/classifier.safetensors`
  const bytes = await readFile(file).catch(orNothing)
  const kept = bytes && Gan.networkFromSafetensors(net, new Uint8Array(bytes))
  if (kept !== undefined && E.isRight(kept)) return Lab.classifier(net, kept.right, options)
  const trained = await Lab.trainClassifier({ data: { images, labels }, net, batchSize, epochs, ...options })
  await writeFile(file, Gan.networkToSafetensors(trained.held))
  await writeFile(`${out}/classifier.json`, asText({ heldAccuracy: trained.heldAccuracy }))
  tell(`classifier: ${(100 * trained.heldAccuracy).toFixed(2)} % of the samples held back`)
  return trained
}

/** Finds bounds between which stretches mostly lie in runs of half of the steps without a clamp, of the better of two. */
const calibrationOf = async (all: All, plain: Gan.Spec, classifier: Lab.Classifier): Promise<Bounds | undefined> => {
  const { images, out, steps, batchSize, samples, seeds, engine, signal, tell } = all
  const file = `${out}/calibration.json`
  const kept = await readJson<Bounds>(file)
  if (kept !== undefined) return kept
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
      ...(engine && { engine }),
      ...(signal && { signal })
    })
  )()
  sample.dispose()
  if (E.isLeft(calibrated)) return failed('calibration', calibrated.left.issues)
  const { bounds } = calibrated.right
  if (bounds === undefined) return undefined
  await writeFile(file, asText(bounds))
  tell(`calibrated bounds: ${bounds.min.toFixed(2)} and ${bounds.max.toFixed(2)}`)
  return bounds
}

/** Makes the probes of a run; what they keep is shared by all runs. */
const probesOf = ({ images, samples, engine }: All, classifier: Lab.Classifier, calibrated: Bounds) => {
  const on = engine === undefined ? {} : { engine }
  const conditioning = Lab.conditioning({ latents: 8, ...on })
  const scores = Lab.scores({ classifier, real: images, samples, ...on })
  const [atPublished, atCalibrated] = [
    Lab.clampBinding({ ...published, ...on }),
    Lab.clampBinding({ ...calibrated, ...on })
  ]
  const binding: Gan.Probe<{ bindsPublished: number; bindsCalibrated: number; stretch: number }> = {
    name: 'binding',
    run: async (spec, state, key) => {
      const { binding: bindsPublished, mean: stretch } = await atPublished.run(spec, state, key)
      const { binding: bindsCalibrated } = await atCalibrated.run(spec, state, key)
      return { bindsPublished, bindsCalibrated, stretch }
    }
  }
  const dispose = (): void => [conditioning, scores, atPublished, atCalibrated].forEach((probe) => probe.dispose())
  return { probes: [conditioning, scores, binding] as readonly Gan.Probe[], dispose }
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

interface Line {
  readonly step?: number
  readonly end?: Run['end']
}

/** Lines of a table; a last one that a killed process did not end is none. */
const linesOf = async (file: string): Promise<readonly Line[]> =>
  ((await readFile(file, 'utf8').catch(orNothing)) ?? '')
    .split('\n')
    .slice(0, -1)
    .map((line) => asNumbers<Line>(line))

const fileOf = (out: string, { arm, seed }: { arm: string; seed: number }): string =>
  `${out}/${arm.replaceAll(/[^a-z0-9]+/g, '-')}-${String(seed)}`

/** Reads the table of a run, as far as it is there: a look for each step that was measured. */
const runOf = async (out: string, name: { arm: string; seed: number }): Promise<Run | undefined> => {
  const lines = await linesOf(`${fileOf(out, name)}.jsonl`)
  const looks = new Map<number, Look>()
  for (const line of lines)
    if (line.step !== undefined) looks.set(line.step, { ...looks.get(line.step), ...line } as Look)
  const end = lines.find((line) => line.end !== undefined)?.end
  const pictures = await readFile(`${fileOf(out, name)}.safetensors`).catch(orNothing)
  const read = pictures && readSafetensors(new Uint8Array(pictures))
  return looks.size === 0
    ? undefined
    : {
        ...name,
        looks: [...looks.values()].sort((a, b) => a.step - b.step),
        ...(end && { end }),
        pictures: read !== undefined && E.isRight(read) ? read.right.tensors : {}
      }
}

/** Estimates the minutes left, by how long the steps took that were made in this call. */
const timeLeft = (): ((steps: number, left: number) => string | undefined) => {
  const start = performance.now()
  let made = 0
  return (steps, left) => {
    made += steps
    return made === 0 || left === 0 ? undefined : (((performance.now() - start) / made) * (left / 60_000)).toFixed(0)
  }
}

/** Does a run, from its last checkpoint on where there is one; gives the steps it made here, nothing where it was stopped before its end. */
const done = async (
  all: All,
  { arm, seed, spec }: Study.Arm<Gan.Spec>,
  classifier: Lab.Classifier,
  probes: readonly Gan.Probe[]
): Promise<number | undefined> => {
  const { images, steps, batchSize, looks, out, engine, signal } = all
  const name = fileOf(out, { arm, seed })
  const lines = await linesOf(`${name}.jsonl`)
  if (lines.some(({ end }) => end !== undefined)) return 0
  const loaded = await Checkpoint.load(`${name}.checkpoints`, spec)()
  const reachedBefore = E.isRight(loaded) ? Number(loaded.right.state.step.data[0]) : 0
  // A checkpoint whose measurements are not in the table is none.
  const state = E.isRight(loaded) && lines.some(({ step }) => step === reachedBefore) ? loaded.right.state : undefined
  const first = state === undefined ? 0 : reachedBefore
  // What was measured after the checkpoint is measured again.
  const kept = state === undefined ? [] : lines.filter(({ step = Infinity }) => step <= first)
  await writeFile(`${name}.jsonl`, kept.map((line) => `${asText(line)}\n`).join(''))
  const keep: Gan.Probe = {
    name: 'checkpoint',
    run: async (_, reached) => {
      const saved = await Checkpoint.save(`${name}.checkpoints`, reached, { keep: 1 })()
      return E.isLeft(saved) ? failed(name, saved.left) : {}
    }
  }
  const every = Math.max(1, Math.floor(steps / looks))
  const trained = await pipe(
    spec,
    Gan.train({
      data: batches(images, { batchSize, seed }).from(first),
      batchSize,
      steps: steps - first,
      seed,
      probes: [...probes, keep].map((probe) => ({ every, probe })),
      onProbe: ({ step, figures }) => appendFile(`${name}.jsonl`, `${asText({ step, ...plainly(figures) })}\n`),
      ...(state && { state }),
      ...(engine && { engine }),
      ...(signal && { signal })
    })
  )()
  if (E.isLeft(trained)) return failed(`${arm}, seed ${String(seed)}`, trained.left.issues)
  const { state: reached, seconds, stopped, step } = trained.right
  step.dispose()
  if (stopped !== 'done') return undefined
  await writeFile(`${name}.safetensors`, writeSafetensors(await picturesOf(spec, reached)))
  const sample = pipe(spec, Gan.generate({ count: 360 }))
  const { counts } = Lab.classHistogram(await classifier.probabilities(await sample(reached, seed)))
  sample.dispose()
  await appendFile(`${name}.jsonl`, `${asText({ end: { counts, seconds: first === 0 ? seconds : null } })}\n`)
  return steps - first
}

/** Figures of a probe with its tensors as rows of numbers. */
const plainly = (figures: Gan.Measured): object =>
  Object.fromEntries(
    Object.entries(figures).map(([name, x]) => {
      if (typeof x === 'number' || x.shape.length < 2) return [name, typeof x === 'number' ? x : x.data]
      const [n = 1] = x.shape
      const wide = x.data.length / n
      return [name, Array.from({ length: n }, (_, i) => x.data.slice(i * wide, (i + 1) * wide))]
    })
  )

/** Reads all that has been measured in a directory. */
export const results = async (out: string): Promise<Results> => {
  const setup = await readJson<Results['setup']>(`${out}/study.json`)
  if (setup === undefined) throw new Error(`${out}: expected a study; got no study.json`)
  const names = setup.seeds.flatMap((seed) => setup.arms.map((arm) => ({ arm, seed })))
  const runs = await Promise.all(names.map((name) => runOf(out, name)))
  const calibrated = await readJson<Bounds>(`${out}/calibration.json`)
  const accuracy = await readJson<{ heldAccuracy: number }>(`${out}/classifier.json`)
  return { setup, runs: runs.filter((run) => run !== undefined), ...(calibrated && { calibrated }), ...accuracy }
}

/** Does what has not been done of the study, and reads all that has been measured. */
export const study = async ({
  classes = 10,
  steps = 2000,
  seeds = [0, 1, 2],
  width = 32,
  batchSize = 64,
  looks = 10,
  samples = 1000,
  epochs = 8,
  part = [0, 1],
  tell = () => undefined,
  ...given
}: StudyOptions): Promise<Results> => {
  const all: All = { ...given, classes, steps, seeds, width, batchSize, looks, samples, epochs, part, tell }
  const { images, out, signal } = all
  const [rows = 0, , side = 28] = images.shape
  await mkdir(out, { recursive: true })
  const plain = pair(side, width)
  const setup = { arms: Object.keys(armsOf(plain, published)), seeds, steps, width, batchSize, samples, rows, side }
  const before = await readFile(`${out}/study.json`, 'utf8').catch(orNothing)
  if (before !== undefined && before !== asText(setup))
    throw new Error(`${out}: expected to go on with ${asText(setup)}; it holds ${before}`)
  await writeFile(`${out}/study.json`, asText(setup))
  const classifier = await classifierOf(all)
  const calibrated = await calibrationOf(all, plain, classifier)
  if (calibrated !== undefined) {
    const { probes, dispose } = probesOf(all, classifier, calibrated)
    const own = Study.arms(armsOf(plain, calibrated), seeds).filter((_, i) => i % part[1] === part[0])
    const minutesLeft = timeLeft()
    for (const [i, arm] of own.entries()) {
      if (signal?.aborted === true) break
      const steps = await done(all, arm, classifier, probes)
      const last = (await runOf(out, arm))?.looks.at(-1)
      if (steps === undefined || last === undefined) break
      const left = minutesLeft(steps, (own.length - i - 1) * all.steps)
      tell(
        `run ${String(i + 1)} of ${String(own.length)}, ${arm.arm}, seed ${String(arm.seed)}: ` +
          `log condition ${last.logCondition.toFixed(2)}, score ${last.classifierScore.toFixed(2)}, ` +
          `distance ${last.frechetDistance.toFixed(1)}${left === undefined ? '' : `; ${left} min left`}`
      )
    }
    dispose()
  }
  classifier.dispose()
  return results(out)
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
      threads: { type: 'string' },
      part: { type: 'string', default: '0/1' },
      out: { type: 'string', default: 'out/generator-conditioning' },
      draw: { type: 'boolean', default: false },
      png: { type: 'boolean', default: false }
    }
  })
  const { out, threads } = values
  const [i = 0, n = 1] = values.part.split('/').map(Number)
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  const found = values.draw
    ? await results(out)
    : await study({
        ...(await dataIn(values.data)),
        out,
        steps: Number(values.steps),
        seeds: Array.from({ length: Number(values.seeds) }, (_, seed) => seed),
        part: [i, n],
        signal: stop.signal,
        ...(threads === undefined ? {} : { engine: Engine.wasm({ threads: Number(threads) }) }),
        tell: (line) => process.stdout.write(`${line}\n`)
      })
  const { html, told } = page(found)
  await writeFile(`${out}/index.html`, html)
  for (const { name, svg } of values.png ? figuresOf(found) : []) {
    const png = await Figure.toPng(svg, { scale: 1.5 })()
    if (E.isRight(png)) await writeFile(`${out}/${name}.png`, png.right)
  }
  process.stdout.write(`${told}\n${out}/index.html\n`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2))
