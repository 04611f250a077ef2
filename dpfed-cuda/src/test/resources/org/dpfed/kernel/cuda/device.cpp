// The kernels on the first CUDA device, reached as DeviceProgram and CudaKernel reach it: NVRTC compiles the
// source, the driver loads and launches it. Without an argument prints the device's compute capability and then
// those that NVRTC knows; with NVRTC's option for the architecture serves requests.
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include <cuda.h>
#include <nvrtc.h>

#include "requests.h"

static const unsigned int THREADS = 256;

static void check(CUresult result) {
  if (result != CUDA_SUCCESS) {
    const char *text = nullptr;
    cuGetErrorString(result, &text);
    std::fprintf(stderr, "CUDA error %d: %s\n", (int)result, text == nullptr ? "unknown" : text);
    std::exit(1);
  }
}

static void check(nvrtcResult result) {
  if (result != NVRTC_SUCCESS) {
    std::fprintf(stderr, "NVRTC: %s\n", nvrtcGetErrorString(result));
    std::exit(1);
  }
}

static CUdevice open_device() {
  CUdevice device;
  CUcontext context;
  check(cuInit(0));
  check(cuDeviceGet(&device, 0));
  check(cuDevicePrimaryCtxRetain(&context, device));
  check(cuCtxSetCurrent(context));
  return device;
}

static int attribute(CUdevice device, CUdevice_attribute name) {
  int value;
  check(cuDeviceGetAttribute(&value, name, device));
  return value;
}

static int capability(CUdevice device) {
  return 10 * attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR) +
         attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
}

static void print_capabilities(CUdevice device) {
  int count;
  check(nvrtcGetNumSupportedArchs(&count));
  std::vector<int> known(count);
  check(nvrtcGetSupportedArchs(known.data()));
  std::printf("%d", capability(device));
  for (int one : known) {
    std::printf(" %d", one);
  }
  std::printf("\n");
}

// What runs, on standard error.
static void print_device(CUdevice device, const char *architecture) {
  char name[256];
  int driver;
  int major;
  int minor;
  check(cuDeviceGetName(name, sizeof name, device));
  check(cuDriverGetVersion(&driver));
  check(nvrtcVersion(&major, &minor));
  std::fprintf(stderr, "%s, compute capability %d; driver for CUDA %d.%d; NVRTC %d.%d, %s\n", name,
               capability(device), driver / 1000, driver % 1000 / 10, major, minor, architecture);
}

static std::string text_of(const char *file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || text.str().empty()) {
    std::fprintf(stderr, "cannot read %s\n", file);
    std::exit(1);
  }
  return text.str();
}

static CUmodule compiled(const std::string &source, const char *architecture) {
  nvrtcProgram program;
  check(nvrtcCreateProgram(&program, source.c_str(), "delta_kernels.cu", 0, nullptr, nullptr));
  nvrtcResult result = nvrtcCompileProgram(program, 1, &architecture);
  size_t size;
  check(nvrtcGetProgramLogSize(program, &size));
  std::string log(size, '\0');
  check(nvrtcGetProgramLog(program, &log[0]));
  std::fputs(log.c_str(), stderr);
  check(result);
  bool is_machine_code = std::strstr(architecture, "=sm_") != nullptr;
  check(is_machine_code ? nvrtcGetCUBINSize(program, &size) : nvrtcGetPTXSize(program, &size));
  std::vector<char> image(size);
  check(is_machine_code ? nvrtcGetCUBIN(program, image.data()) : nvrtcGetPTX(program, image.data()));
  check(nvrtcDestroyProgram(&program));
  CUmodule module;
  check(cuModuleLoadData(&module, image.data()));
  return module;
}

static CUmodule kernels;
static CUmodule probes;

// Device memory; what nothing was copied to is NaN.
template <typename T> class Buffer {
public:
  explicit Buffer(size_t count) : count(count) {
    if (count > 0) {
      check(cuMemAlloc(&address, count * sizeof(T)));
      check(cuMemsetD8(address, 0xff, count * sizeof(T)));
    }
  }

  explicit Buffer(const std::vector<T> &values) : count(values.size()) {
    if (count > 0) {
      check(cuMemAlloc(&address, count * sizeof(T)));
      check(cuMemcpyHtoD(address, values.data(), count * sizeof(T)));
    }
  }

  ~Buffer() {
    if (count > 0) {
      check(cuMemFree(address));
    }
  }

  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;

  std::vector<T> values() const {
    std::vector<T> copy(count);
    check(cuMemcpyDtoH(copy.data(), address, count * sizeof(T)));
    return copy;
  }

  CUdeviceptr address = 0;

private:
  size_t count;
};

static void launch(CUmodule module, const char *name, int blocks, unsigned int rows, std::vector<void *> arguments) {
  CUfunction function;
  check(cuModuleGetFunction(&function, module, name));
  check(cuLaunchKernel(function, blocks, rows, 1, THREADS, 1, 1, 0, nullptr, arguments.data(), nullptr));
  check(cuCtxSynchronize());
}

static std::vector<double> row_squares_of(const std::vector<float> &deltas, long long d, int blocks) {
  unsigned int rows = (unsigned int)(deltas.size() / d);
  Buffer<float> in(deltas);
  Buffer<double> partial((size_t)blocks * rows);
  launch(kernels, "row_squares", blocks, rows, {&in.address, &d, &partial.address});
  return partial.values();
}

static std::vector<float> sum_of(const std::vector<float> &sum, const std::vector<float> &deltas,
                                 const std::vector<float> &scales, int blocks) {
  int rows = (int)scales.size();
  long long d = (long long)sum.size();
  Buffer<float> out(sum);
  Buffer<float> block(deltas);
  Buffer<float> factors(scales);
  launch(kernels, "add_scaled", blocks, 1, {&out.address, &block.address, &factors.address, &rows, &d});
  return out.values();
}

// Into memory of its own, so that what is not written shows.
static std::vector<float> perturbed(const std::vector<float> &sum, const KeyWords &key, float stddev, float factor,
                                    int blocks) {
  long long d = (long long)sum.size();
  KeyWords words = key;
  Buffer<float> in(sum);
  Buffer<float> out(sum.size());
  launch(kernels, "perturb", blocks, 1, {&in.address, &out.address, &d, &words, &stddev, &factor});
  return out.values();
}

static std::vector<unsigned int> chacha20_of(const KeyWords &key, const std::vector<unsigned int> &input) {
  KeyWords words = key;
  Buffer<unsigned int> in(input);
  Buffer<unsigned int> out(16);
  launch(probes, "chacha20", 1, 1, {&words, &in.address, &out.address});
  return out.values();
}

static std::vector<float> normal_pairs_of(const std::vector<unsigned int> &words) {
  int pairs = (int)(words.size() / 4);
  Buffer<unsigned int> in(words);
  Buffer<float> out(words.size() / 2);
  launch(probes, "normal_pairs", 1, 1, {&in.address, &pairs, &out.address});
  return out.values();
}

int main(int count, char **arguments) {
  CUdevice device = open_device();
  if (count < 2) {
    print_capabilities(device);
    return 0;
  }
  print_device(device, arguments[1]);
  std::string source = text_of("delta_kernels.cu");
  kernels = compiled(source, arguments[1]);
  probes = compiled(source + text_of("probe_kernels.cu"), arguments[1]);
  return serve();
}
