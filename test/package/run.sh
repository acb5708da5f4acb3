#!/usr/bin/env bash
# Packs the project, installs the tarball in an empty project, and uses it there as a stranger would.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo '- pack'
cd "$root"
npm run --silent build
npm pack --silent --pack-destination "$work"
tarball=$(echo "$work"/*.tgz)
for unwanted in test/ .ci/ node_modules/; do
  if tar -tzf "$tarball" | grep -q "^package/$unwanted"; then
    echo "the package contains $unwanted"
    exit 1
  fi
done

echo '- install'
mkdir "$work/consumer"
cd "$work/consumer"
cp "$here"/use.mjs "$here"/use.ts "$here"/optional.mjs "$here"/bundled.mjs "$here"/bundlers.mjs .
echo '{ "name": "consumer", "private": true, "type": "module" }' > package.json
npm install --silent --ignore-scripts --no-audit --no-fund "$tarball"

echo '- run in Node'
node use.mjs

echo '- run in Bun and Deno'
npm install --silent --no-audit --no-fund --no-save --prefix "$work/runtimes" bun@1 deno@2
runtimes=$work/runtimes/node_modules/.bin
"$runtimes/bun" use.mjs
"$runtimes/deno" run --allow-all use.mjs

# The declarations, checked by several versions of TypeScript, none of which skips libraries. A Node program has the types
# of Node and no DOM; a web page built by a bundler the other way round. Node's types ask for a TypeScript of their own age.
compile() { # compiler, exactOptionalPropertyTypes, module, moduleResolution, lib, types
  cat > tsconfig.json << END
{
  "compilerOptions": {
    "target": "ES2022", "module": "$3", "moduleResolution": "$4", "lib": [$5], "types": [$6],
    "typeRoots": ["$root/node_modules/@types"], "strict": true, "exactOptionalPropertyTypes": $2,
    "noUncheckedIndexedAccess": true, "skipLibCheck": false, "noEmit": true
  },
  "files": ["use.ts"]
}
END
  node "$1" -p .
}
page='"ES2023", "DOM", "DOM.Iterable"'
for exact in true false; do
  echo "- compile with the project's TypeScript, exactOptionalPropertyTypes $exact"
  compile "$root/node_modules/typescript/bin/tsc" "$exact" NodeNext NodeNext '"ES2023"' '"node"'
  compile "$root/node_modules/typescript/bin/tsc" "$exact" ESNext Bundler "$page" ''
done
for version in 5.0.4 5.4.5 5.9.3; do
  echo "- compile with TypeScript $version"
  npm install --silent --no-audit --no-fund --no-save --prefix "$work/typescript-$version" "typescript@$version"
  compiler=$work/typescript-$version/node_modules/typescript/bin/tsc
  compile "$compiler" false NodeNext NodeNext "$page" ''
  compile "$compiler" false ESNext Bundler "$page" ''
done

echo '- bundled by esbuild, webpack, Rollup and Vite'
npm install --silent --ignore-scripts --no-audit --no-fund --no-save \
  esbuild@0.28 webpack@5 rollup@4 @rollup/plugin-node-resolve@16
node bundlers.mjs "$root"

echo '- pages, built by Vite and without a bundler'
node "$here/pages.mjs" "$root" "$PWD"

if [ -e node_modules/saddlepoint/dist/src/cli/main.js ]; then
  echo '- command line'
  node_modules/.bin/saddlepoint --help > help.txt
  grep -qi saddlepoint help.txt
  node_modules/.bin/saddlepoint demo --steps 20 --out made > made.txt 2> /dev/null
  for file in samples.png report.html metrics.json; do test -s "made/$file"; done
  # A typo: one message and a status that says so, no stack trace.
  if node_modules/.bin/saddlepoint demo --stepz 20 > typo.txt 2>&1; then exit 1; fi
  grep -q "unknown option '--stepz'" typo.txt
  if grep -q '    at ' typo.txt; then exit 1; fi
  # A spec in TypeScript, which imports the package by its name.
  cat > mine.ts << 'END'
import { Gan, Preset, pipe } from 'saddlepoint'
const width: number = 8
export default pipe(Preset.of('gan', { width }), Gan.withAverage({ decay: 0.9 }))
END
  node_modules/.bin/saddlepoint train mine.ts --steps 4 > trained.txt 2> /dev/null
  node_modules/.bin/saddlepoint sample runs/mine --out samples.csv --count 3
  test "$(wc -l < samples.csv)" -eq 3
  # Many runs, in processes of their own.
  echo '{ "specs": { "gan": "gan", "mine": "mine.ts" }, "seeds": 2, "data": "ring", "batchSize": 8, "steps": 4 }' > grid.json
  node_modules/.bin/saddlepoint sweep grid.json > swept.txt 2> /dev/null
  test "$(grep -c '"status":"done"' sweeps/grid/results.jsonl)" -eq 4
  node_modules/.bin/saddlepoint sweep grid.json --status | grep -q '^mine  *2/2'
  # ctrl-C stops between steps, writes the result and ends with 130.
  node_modules/.bin/saddlepoint demo --steps 100000000 --out stopped > stopped.txt 2> /dev/null &
  sleep 6
  kill -INT $!
  wait $! || test $? -eq 130
  grep -q '"stopped": "aborted"' stopped/metrics.json
fi

echo '- optional packages that are not there'
node optional.mjs
