import { Lab, compile, tensor } from '../../../src/core.ts'
import type { Gan, Tensor } from '../../../src/core.ts'
import { generatorWith, heldBy } from '../../../src/gan/step/generator.ts'
import type { Layer } from '../../../src/nn/layer.ts'
import type { Samples } from './dataset.ts'
import { latentsFor } from './latents.ts'
import type { Frame } from './messages.ts'
import type { Held, Viewer } from './viewer.ts'
import { floats, meanOf } from './viewer.ts'

const shown = 64
const probes = 4
const walkSteps = 9

/** Computes the log condition number of each spectrum [n, k] of so many latents, averaged, and the spectra. */
const conditioningOf = (spectra: Tensor, latents: number): NonNullable<Frame['conditioning']> => {
  const [n = 0, k = 0] = spectra.shape
  const all = floats(spectra)
  const singularValues = Array.from({ length: n }, (_, i) => [...all.subarray(i * k, (i + 1) * k)])
  const logs = singularValues.map((s) => 2 * Math.log((s[0] ?? 0) / (s[Math.min(k, latents) - 1] ?? 0)))
  return { logCondition: meanOf(logs.filter(Number.isFinite)), singularValues }
}

/** The latents of walks around the first one, along the direction that is stretched most, one in the middle, the last. */
const walksOf = (z: Tensor, directions: Tensor): Tensor => {
  const [, k = 0, size = 0] = directions.shape
  const rows = [0, Math.floor(k / 2), k - 1]
  const d = floats(directions)
  const picked = rows.flatMap((row) => [...d.subarray(row * size, (row + 1) * size)])
  const start = rows.flatMap(() => [...floats(z).subarray(0, size)])
  const walk = Lab.walk(tensor(start, [3, size]), tensor(picked, [3, size]), { reach: 3, steps: walkSteps })
  return tensor(floats(walk), [3 * walkSteps, size])
}

/** Shows a generator of images: samples, walks along singular directions, spectra. */
export const imageViewer = (spec: Gan.Spec, net: Layer, { shape }: Samples): Viewer => {
  const latents = latentsFor(spec, shown, probes)
  const { classes } = spec.labels ?? {}
  const labelsFor = (z: Tensor): Tensor | undefined =>
    classes === undefined
      ? undefined
      : tensor(
          Int32Array.from(Array(z.shape[0]).keys(), (i) => i % classes),
          z.shape.slice(0, 1)
        )
  const generatorOf = (held: Held, key: Tensor, z: Tensor): ((x: Tensor) => Tensor) =>
    generatorWith(net, held, { key, labels: labelsFor(z) })
  const generate = compile((held: Held, key: Tensor, z: Tensor) => generatorOf(held, key, z)(z))
  const directionsAt = compile((held: Held, key: Tensor, z: Tensor) =>
    Lab.singularDirections(generatorOf(held, key, z))(z)
  )
  const [size = 0, ...more] = spec.prior.shape
  return {
    see: async (state) => {
      const held = heldBy('playground', net, state, undefined)
      const made = await generate(held, state.key, latents.drawn)
      const pixels = floats(made)
      if (more.length > 0) return { images: { shape, pixels } }
      const { stretch, directions } = await directionsAt(held, state.key, latents.probes)
      const walk = await generate(held, state.key, walksOf(latents.probes, directions))
      return { images: { shape, pixels, walk: floats(walk) }, conditioning: conditioningOf(stretch, size) }
    },
    dispose: () => [generate, directionsAt].forEach((f) => f.dispose())
  }
}
