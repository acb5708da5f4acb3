// What every JavaScript peer script starts with: the job from the command line, deterministic numbers, turns on request.
// A script is called with one argument, JSON: { threads, losses, sizes }. It answers with one JSON line when its first
// steps are done, then one for each line { samples } that it reads: it takes a turn only when asked.
import { createInterface } from 'node:readline'

export const job = JSON.parse(process.argv[2])
export const { sizes } = job

/** mulberry32, uniform in [0, 1). */
export const rng = (seed) => {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = a
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t = (t ^ (t + Math.imul(t ^ (t >>> 7), t | 61))) >>> 0
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const sizeOf = (shape) => shape.reduce((a, b) => a * b, 1)

export const fill = (shape, scale, r, shift = -0.5) => {
  const data = new Float32Array(sizeOf(shape))
  for (let i = 0; i < data.length; i++) data[i] = (r() + shift) * 2 * scale
  return { shape, data }
}
export const weights = (shape, fan, r) => fill(shape, 1 / Math.sqrt(fan), r)
export const zeros = (...shape) => ({ shape, data: new Float32Array(sizeOf(shape)) })

/** Weights and biases of an MLP 2 - widths - 1. */
export const mlpInit = (widths, r) => {
  const extents = [2, ...widths, 1]
  return extents.slice(1).flatMap((n, i) => [weights([extents[i], n], extents[i], r), zeros(n)])
}

/** Weights and biases of the DCGAN critic, filters in the order OIHW. */
export const convInit = ([c1, c2], r) => [
  weights([c1, 1, 4, 4], 16, r),
  zeros(c1),
  weights([c2, c1, 4, 4], 16 * c1, r),
  zeros(c2),
  weights([49 * c2, 1], 49 * c2, r),
  zeros(1)
]

/** The numbers of arrays, one after the other, as bench/digest.ts has them. */
export const digest = (arrays) => {
  let [all, positive, count] = [0, 0, 0]
  for (const data of arrays)
    for (const y of data) {
      const weight = 1 + ((count * 7919) % 1009) / 1009
      all += weight * Math.abs(y)
      positive += weight * Math.max(y, 0)
      count++
    }
  return [all / count, positive / count]
}

const say = (answer) => console.log(JSON.stringify(answer))

/** `step` returns a loss; where it computes something else, `check` gives the numbers that tell whether it is right. */
export const serve = async (library, threads, step, check) => {
  const begun = performance.now()
  const since = (t) => performance.now() - t
  const first = [await step()]
  const compileMs = since(begun)
  let stepMs = compileMs
  const timed = async () => {
    const t = performance.now()
    const loss = await step()
    stepMs = since(t)
    return loss
  }
  if (check === undefined)
    while (first.length < job.losses && since(begun) < compileMs + 20_000) first.push(await timed())
  const values = check === undefined ? first : await check()
  for (let i = 0; i < 3; i++) if (since(begun) < compileMs + 5000) await timed()
  say({ library, threads, compileMs, stepMs, first: values })
  for await (const line of createInterface({ input: process.stdin })) {
    const { samples } = JSON.parse(line)
    const ms = []
    const cpu = process.cpuUsage()
    for (let i = 0; i < samples; i++) {
      const t = performance.now()
      await step()
      ms.push(since(t))
    }
    const { user, system } = process.cpuUsage(cpu)
    say({ ms, cpuMs: (user + system) / 1000 / samples, peakBytes: process.resourceUsage().maxRSS * 1024 })
  }
  process.exit(0)
}
