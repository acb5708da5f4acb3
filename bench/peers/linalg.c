/* The decompositions of src/primitives/reference as plain C loops over doubles, for comparison with the WebAssembly routines.
   gcc -O3 -o /tmp/linalg bench/peers/linalg.c -lm && /tmp/linalg */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef double *M;

static double dot(const double *x, const double *y, int n) {
  double sum = 0;
  for (int k = 0; k < n; k++) sum += x[k] * y[k];
  return sum;
}
static void addScaled(double c, const double *restrict x, double *restrict y, int n) {
  for (int k = 0; k < n; k++) y[k] += c * x[k];
}
static void scale(double c, double *x, int n) {
  for (int k = 0; k < n; k++) x[k] *= c;
}
static void rotate(double c, double s, double *restrict x, double *restrict y, int n) {
  for (int k = 0; k < n; k++) {
    double a = x[k], b = y[k];
    x[k] = c * a - s * b;
    y[k] = s * a + c * b;
  }
}

static void cholesky(M w, int n) {
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < i; j++) w[i * n + j] = (w[i * n + j] - dot(w + i * n, w + j * n, j)) / w[j * n + j];
    w[i * n + i] = sqrt(w[i * n + i] - dot(w + i * n, w + i * n, i));
  }
}

static void solve(M a, M x, int n, int m) {
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < i; k++) addScaled(-a[i * n + k], x + k * m, x + i * m, m);
    scale(1 / a[i * n + i], x + i * m, m);
  }
}

static void eigh(M a, M v, M d, M e, M tau, M q, int n) {
  for (int k = 0; k < n; k++) {
    int first = k + 1, left = n - k - 1;
    double *row = a + k * n + first;
    d[k] = a[k * n + k];
    tau[k] = 0;
    e[k] = left > 0 ? row[0] : 0;
    double rest = left > 1 ? dot(row + 1, row + 1, left - 1) : 0;
    if (rest == 0) continue;
    double head = row[0], length = sqrt(head * head + rest), shifted = head + (head < 0 ? -length : length);
    double factor = 2 / (shifted * shifted + rest);
    row[0] = shifted;
    e[k] = head < 0 ? length : -length;
    tau[k] = factor;
    for (int i = first; i < n; i++) q[i] = factor * dot(a + i * n + first, row, left);
    addScaled(-0.5 * factor * dot(q + first, row, left), row, q + first, left);
    for (int i = first; i < n; i++) {
      addScaled(-row[i - first], q + first, a + i * n + first, left);
      addScaled(-q[i], row, a + i * n + first, left);
    }
  }
  memset(v, 0, sizeof(double) * n * n);
  for (int i = 0; i < n; i++) v[i * n + i] = 1;
  for (int k = n - 3; k >= 0; k--)
    if (tau[k] != 0)
      for (int i = k + 1; i < n; i++) {
        double *row = a + k * n + k + 1, *line = v + i * n + k + 1;
        addScaled(-tau[k] * dot(line, row, n - k - 1), row, line, n - k - 1);
      }
  double shift = 0, size = 0;
  for (int l = 0; l < n; l++) {
    size = fmax(size, fabs(d[l]) + fabs(e[l]));
    for (;;) {
      int m = l;
      while (m < n - 1 && fabs(e[m]) > 0x1p-52 * size) m++;
      if (m == l) break;
      double before = d[l], p = (d[l + 1] - before) / (2 * e[l]);
      double root = p < 0 ? p - sqrt(p * p + 1) : p + sqrt(p * p + 1);
      double next = e[l] * root;
      d[l] = e[l] / root;
      d[l + 1] = next;
      double moved = before - d[l];
      for (int i = l + 2; i < n; i++) d[i] -= moved;
      shift += moved;
      double beside = e[l + 1], own = e[l], c = 1, c2 = 1, c3 = 1, s = 0, s2 = 0;
      p = d[m];
      for (int i = m - 1; i >= l; i--) {
        c3 = c2;
        c2 = c;
        s2 = s;
        double g = c * e[i], h = c * p, r = sqrt(p * p + e[i] * e[i]);
        e[i + 1] = s * r;
        s = e[i] / r;
        c = p / r;
        p = c * d[i] - s * g;
        d[i + 1] = h + s * (c * g + s * d[i]);
        rotate(c, s, v + i * n, v + (i + 1) * n, n);
      }
      p = -s * s2 * c3 * beside * own / next;
      e[l] = s * p;
      d[l] = c * p;
    }
    d[l] += shift;
    e[l] = 0;
  }
}

static void reflect(M a, M diagonal, M tau, int m, int n) {
  for (int k = 0; k < n; k++) {
    double *row = a + k * m + k, head = row[0], rest = dot(row + 1, row + 1, m - k - 1);
    tau[k] = 0;
    diagonal[k] = head;
    if (rest == 0) continue;
    double length = sqrt(head * head + rest), shifted = head + (head < 0 ? -length : length);
    row[0] = shifted;
    diagonal[k] = head < 0 ? length : -length;
    tau[k] = 2 / (shifted * shifted + rest);
    for (int j = k + 1; j < n; j++) addScaled(-tau[k] * dot(row, a + j * m + k, m - k), row, a + j * m + k, m - k);
  }
}
static void applyQ(M a, M tau, M x, int m, int n) {
  for (int k = n - 1; k >= 0; k--)
    if (tau[k] != 0) addScaled(-tau[k] * dot(a + k * m + k, x + k, m - k), a + k * m + k, x + k, m - k);
}
static void qr(M a, M diagonal, M tau, M q, int m, int n) {
  reflect(a, diagonal, tau, m, n);
  memset(q, 0, sizeof(double) * m * n);
  for (int k = 0; k < n; k++) {
    q[k * m + k] = diagonal[k] < 0 ? -1 : 1;
    applyQ(a, tau, q + k * m, m, n);
  }
}
static void svd(M a, M diagonal, M tau, M b, M v, M u, int m, int n) {
  reflect(a, diagonal, tau, m, n);
  memset(b, 0, sizeof(double) * n * n);
  memset(v, 0, sizeof(double) * n * n);
  for (int j = 0; j < n; j++) {
    memcpy(b + j * n, a + j * m, sizeof(double) * j);
    b[j * n + j] = diagonal[j];
    v[j * n + j] = 1;
  }
  for (int sweep = 0, turned = 1; turned && sweep < 40; sweep++) {
    turned = 0;
    for (int p = 0; p < n - 1; p++)
      for (int q = p + 1; q < n; q++) {
        double *x = b + p * n, *y = b + q * n, own = dot(x, x, n), other = dot(y, y, n), both = dot(x, y, n);
        if (fabs(both) <= n * 0x1p-52 * sqrt(own * other)) continue;
        turned = 1;
        double half = (other - own) / (2 * both), root = sqrt(1 + half * half);
        double t = half < 0 ? 1 / (half - root) : 1 / (half + root), c = 1 / sqrt(1 + t * t);
        rotate(c, c * t, x, y, n);
        rotate(c, c * t, v + p * n, v + q * n, n);
      }
  }
  for (int j = 0; j < n; j++) {
    scale(1 / sqrt(dot(b + j * n, b + j * n, n)), b + j * n, n);
    memset(u + j * m, 0, sizeof(double) * m);
    memcpy(u + j * m, b + j * n, sizeof(double) * n);
    applyQ(a, tau, u + j * m, m, n);
  }
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}
static int compare(const void *a, const void *b) { return *(double *)a < *(double *)b ? -1 : 1; }

int main(void) {
  const char *names[] = {"cholesky", "triangularSolve", "eigh", "qr", "svd"};
  const int sizes[][2] = {{8, 64}, {2, 256}};
  for (int which = 0; which < 5; which++)
    for (int s = 0; s < 2; s++) {
      int count = sizes[s][0], n = sizes[s][1], square = n * n;
      float *a = malloc(sizeof(float) * square), *b = malloc(sizeof(float) * square), *y = malloc(sizeof(float) * square);
      M w[4], d[4];
      for (int i = 0; i < 4; i++) w[i] = malloc(sizeof(double) * square), d[i] = malloc(sizeof(double) * n);
      srand(3);
      for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
          a[i * n + j] = a[j * n + i] = 2.0f * rand() / RAND_MAX - 1 + (i == j ? n : 0);
          b[i * n + j] = 2.0f * rand() / RAND_MAX - 1;
          b[j * n + i] = 2.0f * rand() / RAND_MAX - 1;
        }
      double times[15], sum = 0;
      for (int sample = 0; sample < 15; sample++) {
        double start = now();
        for (int matrix = 0; matrix < count; matrix++) {
          for (int k = 0; k < square; k++) w[0][k] = which < 3 ? a[k] : b[k], w[1][k] = b[k];
          if (which == 0) cholesky(w[0], n);
          if (which == 1) solve(w[0], w[1], n, n);
          if (which == 2) eigh(w[0], w[1], d[0], d[1], d[2], d[3], n);
          if (which == 3) qr(w[0], d[0], d[1], w[1], n, n);
          if (which == 4) svd(w[0], d[0], d[1], w[1], w[2], w[3], n, n);
          for (int k = 0; k < square; k++) y[k] = w[which == 0 ? 0 : 1][k];
          sum += y[n];
        }
        times[sample] = now() - start;
      }
      qsort(times, 15, sizeof(double), compare);
      printf("%s %dx%dx%d: %.3f ms on one thread (%g)\n", names[which], count, n, n, times[7], sum);
    }
}
