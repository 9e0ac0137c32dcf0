public static class Budget
{
    public static (long Weights, long Cache, long Work) Plan(
        long parameters, long layers, long d, long vocab, long full, long context, long bits)
    {
        long weights = (parameters - (full - context) * d) * bits / 8;
        long cache = 2 * layers * context * d * 4;
        long work = (14 * d + vocab) * 4;
        return (weights, cache, work);
    }

    public static long Flops(long layers, long d, long vocab, long seen)
    {
        long products = layers * 12 * d * d + d * vocab;
        long attention = layers * 2 * seen * d;
        return 2 * (products + attention);
    }
}
