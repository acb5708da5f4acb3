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
cp "$here"/use.mjs "$here"/use.ts .
echo '{ "name": "consumer", "private": true, "type": "module" }' > package.json
npm install --silent --ignore-scripts --no-audit --no-fund "$tarball"

echo '- run in Node'
node use.mjs

# A Node program has the types of Node and no DOM; a web page built by a bundler the other way round.
compile() { # module, moduleResolution, lib, types
  cat > tsconfig.json << END
{
  "compilerOptions": {
    "target": "ES2022", "module": "$1", "moduleResolution": "$2", "lib": [$3], "types": [$4],
    "typeRoots": ["$root/node_modules/@types"], "strict": true, "exactOptionalPropertyTypes": true,
    "noUncheckedIndexedAccess": true, "skipLibCheck": false, "noEmit": true
  },
  "files": ["use.ts"]
}
END
  node "$root/node_modules/typescript/bin/tsc" -p .
}
echo '- compile for Node'
compile NodeNext NodeNext '"ES2023"' '"node"'
echo '- compile for a bundler'
compile ESNext Bundler '"ES2023", "DOM", "DOM.Iterable"' ''

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
  # ctrl-C stops between steps and still writes the result.
  node_modules/.bin/saddlepoint demo --steps 100000000 --out stopped > stopped.txt 2> /dev/null &
  sleep 6
  kill -INT $!
  wait $!
  grep -q '"stopped": "aborted"' stopped/metrics.json
fi
