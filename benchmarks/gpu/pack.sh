#!/usr/bin/env bash
# Packs what run.sh and check.sh need on a host that has a GPU but no JDK, no Maven and no internet: classes, jars and a runtime.
# Usage: pack.sh OUT_DIR. Copy OUT_DIR to the host and call OUT_DIR/run.sh or OUT_DIR/check.sh there.
set -euo pipefail
out=$(realpath -m "${1:?usage: pack.sh OUT_DIR}")
root=$(cd "$(dirname "$0")/../.." && pwd)
console=junit-platform-console-standalone-6.0.3.jar
mkdir -p "$out/lib"
cd "$root"
./mvnw -q -pl inference-engine/engine-cuda -am -DskipTests test-compile dependency:build-classpath -Dmdep.outputFile="$out/classpath"
rm -rf "$out/lib/"*-classes
place=100
: >"$out/order"
for part in inference-engine/engine-cuda/target/test-classes inference-engine/engine-cuda/target/classes $(tr : ' ' <"$out/classpath"); do
  name=$(basename "$part")
  if [[ -d $part ]]; then
    name=$place-$(basename "$(dirname "$(dirname "$part")")")-$name
    place=$((place + 1))
    cp -r "$part" "$out/lib/$name"
  else
    cp -n "$part" "$out/lib/"
  fi
  echo "$name" >>"$out/order"
done
[[ -f $out/lib/$console ]] || curl -sSfo "$out/lib/$console" \
  "https://repo1.maven.org/maven2/org/junit/platform/junit-platform-console-standalone/6.0.3/$console"
if [[ ! -f $out/jre.tar.xz ]]; then
  scratch=$(mktemp -d)
  . benchmarks/java.sh
  "$(dirname "$(readlink -f "$(command -v "$java")")")/jlink" --add-modules java.base,java.logging,java.management,java.naming,java.xml,java.net.http,java.instrument,java.desktop,java.sql,jdk.unsupported,jdk.incubator.vector,jdk.crypto.ec,jdk.management,jdk.zipfs \
    --strip-debug --no-header-files --no-man-pages --output "$scratch/jre"
  tar -C "$scratch" -c jre | xz -6 -T2 >"$out/jre.tar.xz"
  rm -rf "$scratch"
fi
slf4j=slf4j-simple-2.0.18.jar
[[ -f $out/lib/$slf4j ]] || curl -sSfo "$out/lib/$slf4j" "https://repo1.maven.org/maven2/org/slf4j/slf4j-simple/2.0.18/$slf4j"
mkdir -p "$out/models"
cp -r models/barista-demo "$out/models/"
git rev-parse --short HEAD >"$out/commit"
cp benchmarks/gpu/{java,run,check}.sh "$out/"
du -sh "$out"
