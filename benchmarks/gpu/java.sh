#!/usr/bin/env bash
# Runs Java on what pack.sh packed. Usage: java.sh [JVM OPTIONS] MAIN_CLASS [ARGUMENTS]
# CUDA's libraries are looked for in the toolkit's folder and in the wheels that PyTorch brings.
set -euo pipefail
pack=$(cd "$(dirname "$0")" && pwd)
jre=${BARISTA_JRE:-/tmp/barista-jre}
mkdir -p "$jre"
( # one of several that are started at once unpacks it
  flock 9
  [[ -x $jre/jre/bin/java ]] || tar -C "$jre" -xJf "$pack/jre.tar.xz"
) 9>"$jre/lock"
libraries=/usr/local/cuda/lib64
if site=$(python3 -c 'import os, torch; print(os.path.dirname(os.path.dirname(torch.__file__)))' 2>/dev/null); then
  for folder in "$site"/nvidia/*/lib; do libraries=$folder:$libraries; done
fi
export LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
classpath=$(sed "s|^|$pack/lib/|" "$pack/order" | paste -sd:)
exec "$jre/jre/bin/java" --enable-native-access=ALL-UNNAMED --add-modules jdk.incubator.vector -XX:+UseParallelGC \
  -Dbarista.root="${BARISTA_ROOT:-$pack}" -cp "$classpath:$pack/lib/slf4j-simple-2.0.18.jar:$pack/lib/junit-platform-console-standalone-6.0.3.jar" "$@"
