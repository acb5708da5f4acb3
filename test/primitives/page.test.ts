import { expect, it } from 'vitest'
import { primitivesPage } from '../support/primitivesPage.ts'

it('docs/primitives.md shows the registry as it is (npm run docs:primitives writes it anew)', async () => {
  await expect(await primitivesPage()).toMatchFileSnapshot('../../docs/primitives.md')
})
