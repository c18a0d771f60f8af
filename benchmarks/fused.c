/* The limit: all spans of a document compared with their words, in one loop over arrays. Everything is in code points. */
#include <stdint.h>
#include <string.h>

int64_t unlike(const uint32_t *text, int64_t size, const uint32_t *words, const int64_t *starts, const int64_t *ends, int64_t spans)
{
    int64_t wrong = 0, at = 0;
    for (int64_t i = 0; i < spans; i++) {
        int64_t length = ends[i] - starts[i];
        wrong += starts[i] < 0 || length < 0 || ends[i] > size || memcmp(text + starts[i], words + at, 4 * length) != 0;
        at += length > 0 ? length : 0;
    }
    return wrong;
}
