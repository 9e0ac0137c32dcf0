using System;
using System.Collections.Generic;
using System.Linq;

public class Gpt2
{
    readonly IDictionary<string, float[]> w;
    readonly int heads, width;
    readonly List<double[]>[] keys, values;

    /// <summary>The weights by their names in the file, without "transformer." in front.</summary>
    public Gpt2(IDictionary<string, float[]> weights, int layers, int heads)
    {
        w = weights;
        this.heads = heads;
        width = w["ln_f.bias"].Length;
        keys = Enumerable.Range(0, layers).Select(_ => new List<double[]>()).ToArray();
        values = Enumerable.Range(0, layers).Select(_ => new List<double[]>()).ToArray();
    }

    static double[] Add(double[] a, double[] b) => a.Zip(b, (x, y) => x + y).ToArray();

    static double Gelu(double x) =>
        0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

    double[] Norm(string name, double[] x)
    {
        float[] gain = w[name + ".weight"], bias = w[name + ".bias"];
        double mean = x.Average();
        double scale = 1 / Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + 1e-5);
        return x.Select((v, c) => (v - mean) * scale * gain[c] + bias[c]).ToArray();
    }

    double[] Linear(string name, double[] x)
    {
        float[] weight = w[name + ".weight"];
        double[] y = w[name + ".bias"].Select(b => (double)b).ToArray();
        for (int row = 0; row < x.Length; row++)
            for (int c = 0; c < y.Length; c++) y[c] += x[row] * weight[row * y.Length + c];
        return y;
    }

    double[] Mix(double[] q, List<double[]> k, List<double[]> v)
    {
        var mixed = new double[width];
        int wide = width / heads;
        for (int head = 0; head < heads; head++)
        {
            int[] own = Enumerable.Range(head * wide, wide).ToArray();
            double[] scores = k.Select(key => own.Sum(c => q[c] * key[c]) / Math.Sqrt(wide)).ToArray();
            double most = scores.Max();
            double[] powers = scores.Select(score => Math.Exp(score - most)).ToArray();
            double sum = powers.Sum();
            for (int t = 0; t < v.Count; t++)
                foreach (int c in own) mixed[c] += powers[t] / sum * v[t][c];
        }
        return mixed;
    }

    /// <summary>Reads one more token; answers one score for each token that may come next.</summary>
    public double[] Step(int id)
    {
        Func<string, int, double[]> row = (table, at) =>
            Enumerable.Range(at * width, width).Select(place => (double)w[table][place]).ToArray();
        int position = keys[0].Count;
        double[] x = Add(row("wte.weight", id), row("wpe.weight", position));
        for (int layer = 0; layer < keys.Length; layer++)
        {
            string h = "h." + layer + ".";
            double[] qkv = Linear(h + "attn.c_attn", Norm(h + "ln_1", x));
            keys[layer].Add(qkv.Skip(width).Take(width).ToArray());
            values[layer].Add(qkv.Skip(2 * width).ToArray());
            x = Add(x, Linear(h + "attn.c_proj", Mix(qkv, keys[layer], values[layer])));
            double[] up = Linear(h + "mlp.c_fc", Norm(h + "ln_2", x));
            x = Add(x, Linear(h + "mlp.c_proj", up.Select(Gelu).ToArray()));
        }
        double[] last = Norm("ln_f", x);
        return Enumerable.Range(0, w["wte.weight"].Length / width)
            .Select(token => row("wte.weight", token).Zip(last, (a, b) => a * b).Sum())
            .ToArray();
    }

    /// <summary>Reads a prompt, then writes so many tokens, the likeliest each time.</summary>
    public int[] Write(int[] prompt, int tokens)
    {
        double[] logits = new double[0];
        foreach (int id in prompt) logits = Step(id);
        var written = new int[tokens];
        for (int n = 0; n < tokens; n++)
        {
            written[n] = Array.IndexOf(logits, logits.Max());
            logits = Step(written[n]);
        }
        return written;
    }
}
