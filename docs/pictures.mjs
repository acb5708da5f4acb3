// Puts the pictures that a run drew at some steps beside one another: node docs/pictures.mjs RUN PICTURE.png STEP...
// docs/ring.png:   npm run demo && node docs/pictures.mjs out/demo docs/ring.png 750 3000 7500 15000
// docs/digits.png: npm run demo -- --data DIR --steps 2000 --every 100 && node docs/pictures.mjs out/demo docs/digits.png 100 500 2000
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decode, encode } from 'fast-png'

const [run, file, ...steps] = process.argv.slice(2)
if (steps.length === 0) throw new Error('expected a run, a file to write, and steps of which the run has pictures')

const pictures = steps.map((step) => decode(readFileSync(join(run, 'samples', `step-${step.padStart(9, '0')}.png`))))
const [{ height, channels, depth }] = pictures
const width = pictures.reduce((sum, picture) => sum + picture.width, 0)
const data = new Uint8Array(width * height * channels)
let left = 0
for (const picture of pictures) {
  const row = picture.width * channels
  for (let y = 0; y < height; y++)
    data.set(picture.data.subarray(y * row, (y + 1) * row), (y * width + left) * channels)
  left += picture.width
}
writeFileSync(file, encode({ width, height, channels, depth, data }))
