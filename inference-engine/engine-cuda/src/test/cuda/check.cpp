// Every kernel against its formula in float64, over awkward sizes. Outputs are poisoned with NaN first and NaN never passes.
// Usage: check CUBINS [--brief] [FILTER]; prints the worst case of each kernel and type, exits 1 when one is out of tolerance. --brief tries every
// kernel at a few sizes only, for compute-sanitizer.
#include "checks.hpp"

int main(int count, char** arguments) {
    if (count < 2) {
        fprintf(stderr, "usage: check CUBINS [--brief] [KERNEL]\n");
        return 2;
    }
    cubins = arguments[1];
    brief = count > 2 && std::string(arguments[2]) == "--brief";
    filter = count > 2 + brief ? arguments[2 + brief] : "";
    checkRows();
    checkGemv();
    checkGemvQkv();
    checkArgmax();
    checkSampling();
    checkAdditions();
    checkRope();
    checkQuantized();
    checkMixture();
    checkGrouped();
    checkLatent();
    checkElementwise();
    checkFill();
    checkLora();
    checkAttention();
    bool failed = order.empty();
    printf("%-32s %6s %10s %10s  worst case\n", "kernel", "cases", "error", "allowed");
    for (auto& key : order) {
        Worst& worst = table[key];
        bool bad = !(worst.error <= worst.tolerance);
        failed |= bad;
        printf("%-32s %6d %10.2e %10.2e  %s%s\n", key.c_str(), worst.cases, worst.error, worst.tolerance, worst.where.c_str(), bad ? "  FAILED" : "");
    }
    printf(order.empty() ? "no such kernel\n" : failed ? "FAILED\n" : "all within tolerance\n");
    return failed;
}
