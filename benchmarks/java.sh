# Sourced by the benchmarks: sets $java to a JDK 25 or newer: JAVA, else JAVA_HOME, else the usual places.
java=
for candidate in "${JAVA:-}" "${JAVA_HOME:-}"/bin/java java /usr/lib/jvm/*/bin/java /Library/Java/JavaVirtualMachines/*/Contents/Home/bin/java \
    "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/*/bin/java "$HOME"/.jdks/*/bin/java; do
    if command -v "$candidate" >/dev/null && [ "$("$candidate" -version 2>&1 | sed -n '1s/.*version "\([0-9]*\).*/\1/p')" -ge 25 ]; then
        java=$candidate
        break
    fi
done
[ -n "$java" ] || { echo "no JDK 25 or newer found; install one, or set JAVA to its java" >&2; exit 1; }
