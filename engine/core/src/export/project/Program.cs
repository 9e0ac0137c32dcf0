// A chat with your own model, by ONNX Runtime. `dotnet run -- --check` first compares it with what your browser computed.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Glassbox;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

string folder = AppContext.BaseDirectory;
using var session = new InferenceSession(Path.Combine(folder, "model.onnx"));
using var described = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tokenizer.json")));
JsonElement kind = described.RootElement.GetProperty("tokenizer");
Tokenizer tokenizer = kind.GetProperty("kind").GetString() == "chars"
    ? new Tokenizer(kind.GetProperty("chars").GetString()!)
    : new Tokenizer(kind.GetProperty("merges").EnumerateArray().Select(m => new[] { m[0].GetInt32(), m[1].GetInt32() }));
int context = described.RootElement.GetProperty("context").GetInt32();

// The logits after the last of the ids. The model sees the last `context` of them.
float[] Logits(IReadOnlyList<int> ids)
{
    long[] seen = ids.Skip(Math.Max(0, ids.Count - context)).Select(id => (long)id).ToArray();
    var input = new DenseTensor<long>(seen, new[] { 1, seen.Length });
    using var results = session.Run(new[] { NamedOnnxValue.CreateFromTensor("input_ids", input) });
    float[] all = results.First().AsEnumerable<float>().ToArray();
    int vocab = all.Length / seen.Length;
    return all.Skip((seen.Length - 1) * vocab).ToArray();
}

List<int> Write(List<int> ids, int count, Func<float[], int> choose)
{
    var written = new List<int>();
    for (int step = 0; step < count; step++)
    {
        int next = choose(Logits(ids.Concat(written).ToList()));
        written.Add(next);
    }
    return written;
}

int Check()
{
    using var parity = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "parity.json")));
    int wrong = 0;
    foreach (JsonElement test in parity.RootElement.GetProperty("cases").EnumerateArray())
    {
        string prompt = test.GetProperty("prompt").GetString()!;
        int[] ids = test.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
        float[] logits = test.GetProperty("logits").EnumerateArray().Select(x => x.GetSingle()).ToArray();
        int[] greedy = test.GetProperty("greedy").EnumerateArray().Select(id => id.GetInt32()).ToArray();
        bool same = tokenizer.Encode(prompt).SequenceEqual(ids);
        float off = Logits(ids).Zip(logits, (a, b) => Math.Abs(a - b)).Max();
        bool text = Write(ids.ToList(), greedy.Length, Sampler.Best).SequenceEqual(greedy);
        bool passed = same && off < parity.RootElement.GetProperty("tolerance").GetSingle() && text;
        Console.WriteLine($"{(passed ? "same" : "DIFFERENT")}: ids {same}, logits off by {off:0.0000000}, greedy text {text}: {prompt.Trim()}");
        if (!passed) wrong++;
    }
    return wrong;
}

if (args.Contains("--check"))
{
    int wrong = Check();
    Console.WriteLine(wrong == 0 ? "Everything is as in the browser." : $"{wrong} of the checks failed.");
    return wrong == 0 ? 0 : 1;
}

Console.WriteLine("Write the beginning of a text; an empty line ends the program.");
var random = new Random();
while (Console.ReadLine() is { Length: > 0 } line)
{
    List<int> ids = tokenizer.Encode(line);
    if (ids.Count == 0)
    {
        Console.WriteLine("The model knows none of these characters. Write others.");
        continue;
    }
    List<int> written = Write(ids, 120, logits => Sampler.Draw(Sampler.Chances(logits, 0.8, 40), random.NextDouble()));
    Console.WriteLine(line + tokenizer.Decode(written));
}
return 0;
