import { describe, expect, it } from 'vitest'
import { train } from '../../examples/vae.ts'

describe('the variational autoencoder', () => {
  it('raises its bound, tells each look, and has spectra like any generator', async () => {
    const lines: string[] = []
    const looks = await train({ steps: 60, looks: 2, size: 8, latents: 3, width: 4, batchSize: 16, tell: (line) => lines.push(line) }) // prettier-ignore
    expect(looks.map(({ step }) => step)).toEqual([0, 30, 60])
    const [first, second, third] = looks
    expect(first!.bound).toBeUndefined()
    // log 2 a pixel is what knowing nothing comes to.
    expect(second!.bound).toBeGreaterThan(-64)
    expect(third!.bound).toBeGreaterThan(second!.bound! + 1)
    for (const { spectrum } of looks) {
      expect(spectrum.each.map(({ rank }) => rank)).toEqual(new Array(8).fill(3))
      expect(spectrum.meanLogCondition).toBeGreaterThan(0)
    }
    expect(third!.spectrum.meanOfSingularValues[0]).toBeGreaterThan(first!.spectrum.meanOfSingularValues[0]!)
    expect(lines).toHaveLength(3)
  })
})
