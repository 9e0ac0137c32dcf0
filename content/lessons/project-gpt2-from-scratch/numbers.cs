using System;

public static class Tensor
{
    /// <summary>The numbers of a tensor from its bytes; kind is "F32", "F16" or "BF16".</summary>
    public static double[] Numbers(string kind, byte[] file)
    {
        int width = kind == "F32" ? 4 : 2;
        var found = new double[file.Length / width];
        for (int n = 0; n < found.Length; n++)
        {
            int at = n * width;
            if (kind == "F32")
            {
                found[n] = BitConverter.ToSingle(file, at);
                continue;
            }
            uint bits = file[at] + 256u * file[at + 1];
            if (kind == "BF16")
            {
                found[n] = BitConverter.ToSingle(BitConverter.GetBytes(bits << 16), 0);
                continue;
            }
            int exponent = (int)(bits >> 10 & 31), fraction = (int)(bits & 1023);
            double size;
            if (exponent == 0) size = fraction * Math.Pow(2, -24);
            else if (exponent == 31) size = fraction == 0 ? double.PositiveInfinity : double.NaN;
            else size = (1024 + fraction) * Math.Pow(2, exponent - 25);
            found[n] = bits >> 15 == 1 ? -size : size;
        }
        return found;
    }
}
