/** Paths from elsewhere do not leave the folder that they are seen from. */
import * as E from '#fp-ts/Either'
import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inside } from '../../../src/run/sweep/paths.ts'
import { temporary } from '../folders.ts'

let folder: string
beforeAll(() => {
  folder = realpathSync(temporary())
  mkdirSync(join(folder, 'own/deep'), { recursive: true })
  mkdirSync(join(folder, 'other'))
  writeFileSync(join(folder, 'other/secret'), '')
  symlinkSync(join(folder, 'other'), join(folder, 'own/out'))
  symlinkSync(join(folder, 'other/secret'), join(folder, 'own/secret'))
  symlinkSync(join(folder, 'other/missing'), join(folder, 'own/dangling'))
  symlinkSync(join(folder, 'own/deep'), join(folder, 'own/in'))
  symlinkSync(join(folder, 'own'), join(folder, 'link'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

it.each(['deep', 'deep/new', 'deep/new/newer', 'new', './deep', 'deep/../deep/x', '...'])(
  '%s is inside',
  async (path) => {
    expect(await inside(join(folder, 'own'), path)()).toEqual(E.right(join(folder, 'own', path)))
  }
)

it('a link that stays inside is followed, and so is one to the folder itself', async () => {
  expect(await inside(join(folder, 'own'), 'in/x')()).toEqual(E.right(join(folder, 'own/deep/x')))
  expect(await inside(join(folder, 'link'), 'deep')()).toEqual(E.right(join(folder, 'own/deep')))
})

it.each([
  ...['..', '../other', 'deep/../../other', '/etc/passwd', 'C:\\x', '\\\\host\\x', '', '.', 'deep/..', 'a\0b'],
  ...['out', 'out/secret', 'out/new/newer', 'secret', 'dangling', 'dangling/x']
])('%j leads out', async (path) => {
  const found = await inside(join(folder, 'own'), path)()
  expect(E.isLeft(found) && found.left[0].expected).toBe(`a path inside ${join(folder, 'own')}`)
})
