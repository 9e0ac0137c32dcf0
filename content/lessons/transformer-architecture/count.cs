public static class Gpt
{
    /// <summary>How many numbers training adjusts in a GPT-2 of these sizes.</summary>
    public static long Parameters(
        long vocab, long context, long d, long layers, long dFf, bool tied = true, bool bias = true)
    {
        long vector = bias ? 1 : 0; // biases of linear layers and norms
        long attention = d * 3 * d + d * d + vector * (3 * d + d);
        long mlp = d * dFf + dFf * d + vector * (dFf + d);
        long norms = 2 * (d + vector * d);
        long block = attention + mlp + norms;
        long head = tied ? 0 : d * vocab;
        return (vocab + context) * d + layers * block + (d + vector * d) + head;
    }
}
